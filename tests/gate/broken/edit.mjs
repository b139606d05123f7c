// An edit of a source file. In: the file's text. Out: the text with one place replaced.

/**
 * One change of a source file. `find` occurs exactly once in it.
 * @typedef {{ file: string, find: string, replace: string }} Edit
 */

/**
 * A gate that is broken by one edit, or by several.
 * @typedef {{ name: string, noticedBy: string, edits?: Edit[] } & Partial<Edit>} BrokenGate
 *   `noticedBy`: the check that runs first, a test file of tests/gate or `chaos`
 */

/**
 * Applies an edit to the text of its file.
 * @param {Edit} edit
 * @param {string | undefined} text
 */
export function applyEdit({ file, find, replace }, text) {
  if (text === undefined) throw new Error(`${file} does not exist`);
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(
      `${file} contains this text ${parts.length - 1} times instead of once:\n${find}`,
    );
  return parts.join(replace);
}
