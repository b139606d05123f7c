// In: the path of a crate's root file. Out: which of the crate's files use names from which others.
//
// The reader follows `mod` declarations from the root file, so it knows every module and its file. In each
// module it collects `use` declarations and inline paths such as `crate::time::now`, resolves them as the
// compiler does (children, imports, globs), and follows re-exports to the file that defines the name. An
// edge therefore points at the definition: importing `super::Key` depends on the sibling that defines `Key`
// if the parent only re-exports it, and on the parent if the parent defines it.
//
// Not counted: `mod` declarations by themselves, code under `#[cfg(test)]`, comments, and names of other
// crates. Not seen: method calls, because they carry no path.

import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/**
 * @typedef {{ segments: string[], alias: string }} Import one name of a `use` declaration
 *
 * @typedef {object} Module
 * @property {string} file
 * @property {string} folder where the files of its children are
 * @property {Module | undefined} parent
 * @property {Map<string, Module>} children
 * @property {string[]} tokens without those of inline child modules
 * @property {Set<string>} defined the names of its own items
 * @property {Map<string, Import>} imports by the name that they bring in
 * @property {string[][]} globs
 *
 * @typedef {{ module: Module, name?: string }} Target a module, or an item that the module defines
 */

const TOKEN = new RegExp(
  [
    /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\//, // white space and comments
    /[bc]?r(#*)"[\s\S]*?"\1|[bc]?"(?:\\[\s\S]|[^"\\])*"/, // strings
    /b?'(?:\\(?:u\{\w+\}|x\w\w|.)|[^'\\])'|'\w+/, // characters, lifetimes
    /(?:r#|\$)?[A-Za-z_]\w*|\d\w*|::|[\s\S]/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "g",
);

/** @param {string} text */
function tokenize(text) {
  const isCode = (/** @type {string} */ token) => !/^(?:\s|\/\/|\/\*)/.test(token);
  return (text.match(TOKEN) ?? []).filter(isCode);
}

const isName = (/** @type {string | undefined} */ token) => /^[A-Za-z_]\w*$/.test(token ?? "");

/**
 * The index of the bracket that closes the one at `open`.
 * @param {string[]} tokens
 * @param {number} open
 */
function closing(tokens, open) {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    if (/^[([{]$/.test(tokens[at])) depth += 1;
    if (/^[)\]}]$/.test(tokens[at])) depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length - 1;
}

/**
 * Removes items, fields and statements under `#[cfg(test)]` or `#[cfg(all(test, …))]`.
 * @param {string[]} tokens
 */
function withoutTests(tokens) {
  const kept = [];
  for (let at = 0; at < tokens.length; at += 1) {
    if (tokens[at] === "#" && tokens[at + 1] === "[") {
      const end = closing(tokens, at + 1);
      const attribute = tokens.slice(at + 2, end).join("");
      if (/^cfg\((?:test\)|all\((?:.*,)?test\b)/.test(attribute)) {
        at = itemEnd(tokens, end + 1);
        continue;
      }
    }
    kept.push(tokens[at]);
  }
  return kept;
}

const ITEM =
  /^(?:pub|use|mod|fn|struct|enum|union|trait|type|const|static|impl|unsafe|async|extern|macro_rules)$/;

/**
 * The index of the last token of the item that begins at `start`.
 * @param {string[]} tokens
 * @param {number} start
 */
function itemEnd(tokens, start) {
  let at = start;
  while (tokens[at] === "#") at = closing(tokens, at + 1) + 1;
  const first = tokens[at];
  for (; at < tokens.length; at += 1) {
    if (tokens[at] === ";" || (tokens[at] === "," && !ITEM.test(first))) return at;
    if (/^[)\]}]$/.test(tokens[at])) return at - 1;
    if (/^[([{]$/.test(tokens[at])) {
      const ends = tokens[at] === "{" && first !== "use";
      at = closing(tokens, at);
      if (ends) return at;
    }
  }
  return at;
}

/**
 * @param {string} file
 * @param {string} folder
 * @param {Module | undefined} parent
 * @param {string[]} tokens
 * @returns {Module}
 */
function readModule(file, folder, parent, tokens) {
  /** @type {Module} */
  const module = {
    ...{ file, folder, parent, tokens: [] },
    ...{ children: new Map(), defined: new Set(), imports: new Map(), globs: [] },
  };
  let depth = 0;
  for (let at = 0; at < tokens.length; at += 1) {
    const [token, next, third] = tokens.slice(at, at + 3);
    if (token === "mod" && isName(next) && third === "{") {
      const end = closing(tokens, at + 2);
      const inner = tokens.slice(at + 3, end);
      module.children.set(next, readModule(file, join(folder, next), module, inner));
      at = end;
    } else if (token === "mod" && isName(next) && third === ";") {
      module.children.set(next, readFile(childFile(folder, next), module));
      at += 2;
    } else if (token === "use" && next !== "<") {
      const end = tokens.indexOf(";", at);
      readUse(module, tokens.slice(at + 1, end));
      at = end;
    } else {
      if (depth === 0) noteDefinition(module, token, next, third);
      if (/^[([{]$/.test(token)) depth += 1;
      if (/^[)\]}]$/.test(token)) depth -= 1;
      module.tokens.push(token);
    }
  }
  for (const name of macroModules(module)) {
    module.children.set(name, readFile(childFile(folder, name), module));
  }
  return module;
}

/**
 * The modules that a macro declares, as in `senders! { stripe: STRIPE; }`: names before a colon that have a file.
 * @param {Module} module
 */
function macroModules({ folder, tokens, children }) {
  return new Set(
    tokens.filter(
      (token, at) =>
        tokens[at + 1] === ":" &&
        isName(token) &&
        !children.has(token) &&
        existsSync(childFile(folder, token)),
    ),
  );
}

/**
 * @param {string} file
 * @param {Module} [parent]
 */
function readFile(file, parent) {
  const name = basename(file, ".rs");
  const folder = !parent || name === "mod" ? dirname(file) : join(dirname(file), name);
  return readModule(file, folder, parent, withoutTests(tokenize(readFileSync(file, "utf8"))));
}

/**
 * @param {string} folder
 * @param {string} name
 */
function childFile(folder, name) {
  const file = join(folder, `${name}.rs`);
  return existsSync(file) ? file : join(folder, name, "mod.rs");
}

/**
 * @param {Module} module
 * @param {string} token
 * @param {string} next
 * @param {string} third
 */
function noteDefinition(module, token, next, third) {
  if (/^(?:fn|struct|enum|union|trait|type|const|static)$/.test(token) && isName(next)) {
    if (next !== "fn") module.defined.add(next);
  }
  if (token === "macro_rules" && next === "!") module.defined.add(third);
}

/**
 * Reads the tree after `use`, such as `crate::key::{self, mac::*, Key as Secret}`.
 * @param {Module} module
 * @param {string[]} tokens
 */
function readUse(module, tokens) {
  const read = (/** @type {string[]} */ prefix, /** @type {string[]} */ tree) => {
    const segments = [...prefix];
    for (let at = 0; at < tree.length; at += 1) {
      if (tree[at] === "::") continue;
      if (tree[at] === "{") {
        for (const part of splitAtCommas(tree.slice(at + 1, closing(tree, at)))) {
          read(segments, part);
        }
        return;
      }
      if (tree[at] === "*") {
        module.globs.push(segments);
        return;
      }
      if (tree[at] === "as") {
        module.imports.set(tree[at + 1], { segments, alias: tree[at + 1] });
        return;
      }
      if (tree[at] !== "self" || segments.length === 0) segments.push(tree[at]);
    }
    const alias = segments.at(-1);
    if (alias) module.imports.set(alias, { segments, alias });
  };
  read([], tokens);
}

/** @param {string[]} tokens */
function splitAtCommas(tokens) {
  /** @type {string[][]} */
  const parts = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token === "{") depth += 1;
    if (token === "}") depth -= 1;
    if (token === "," && depth === 0) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.filter((part) => part.length > 0);
}

/**
 * The module or item that a path names from within a module; undefined for a path into another crate.
 * @param {Module} from
 * @param {string[]} segments
 * @param {Set<Import>} [following] imports that are being resolved, so that none is resolved by itself
 * @returns {Target | undefined}
 */
function resolve(from, segments, following = new Set()) {
  const [first, ...rest] = segments;
  const start = firstModule(from, first, following);
  if (!start) return undefined;
  let module = start;
  for (const [index, segment] of rest.entries()) {
    const child = segment === "super" ? module.parent : module.children.get(segment);
    const isItem = module.defined.has(segment) || module.imports.has(segment);
    const isLast = index === rest.length - 1;
    if (child && !(isLast && isItem)) {
      module = child;
      continue;
    }
    const target = lookUp(module, segment, following);
    // An imported module: the path goes on in it.
    if (!target || target.name !== undefined || isLast) return target;
    module = target.module;
  }
  return { module };
}

/**
 * @param {Module} from
 * @param {string} first
 * @param {Set<Import>} following
 * @returns {Module | undefined}
 */
function firstModule(from, first, following) {
  if (first === "self") return from;
  if (first === "super") return from.parent;
  if (first === "crate" || first === "$crate") {
    let top = from;
    while (top.parent) top = top.parent;
    return top;
  }
  const child = from.children.get(first);
  if (child) return child;
  const imported = from.imports.get(first);
  if (imported && !following.has(imported)) {
    const target = resolve(from, imported.segments, new Set([...following, imported]));
    return target && target.name === undefined ? target.module : undefined;
  }
  for (const glob of from.globs) {
    if (glob[0] === first) continue;
    const found = resolve(from, glob, following)?.module.children.get(first);
    if (found) return found;
  }
  return undefined;
}

/**
 * Follows re-exports to the definition of a name. A name without a visible definition comes from another
 * crate's glob if the module has one; otherwise a macro of the module makes it.
 * @param {Module} module
 * @param {string} name
 * @param {Set<Import>} following
 * @returns {Target | undefined}
 */
function lookUp(module, name, following) {
  if (module.defined.has(name)) return { module, name };
  const imported = module.imports.get(name);
  if (imported && !following.has(imported)) {
    return resolve(module, imported.segments, new Set([...following, imported]));
  }
  const globs = module.globs.map((glob) => resolve(module, glob, following)?.module);
  for (const found of globs) {
    if (found?.defined.has(name)) return { module: found, name };
    const reexported = found?.imports.get(name);
    if (found && reexported && !following.has(reexported)) return lookUp(found, name, following);
  }
  return globs.includes(undefined) ? undefined : { module, name };
}

/**
 * The paths in a module's code, without those of `use` declarations.
 * @param {string[]} tokens
 */
function* inlinePaths(tokens) {
  for (let at = 0; at < tokens.length; at += 1) {
    const before = tokens[at - 1];
    if (!/^\$?[A-Za-z_]\w*$/.test(tokens[at]) || before === "::" || before === ".") continue;
    const segments = [tokens[at]];
    while (tokens[at + 1] === "::" && isName(tokens[at + 2])) {
      segments.push(tokens[at + 2]);
      at += 2;
    }
    if (segments.length > 1) yield segments;
  }
}

/**
 * Reads a crate.
 * @param {string} rootFile such as `src/lib.rs`
 * @returns {import("./graph.mjs").Graph}
 */
export function rustImports(rootFile) {
  const crate = readFile(rootFile);
  const modules = [crate];
  for (const module of modules) modules.push(...module.children.values());
  /** @type {import("./graph.mjs").Graph} */
  const graph = new Map(modules.map(({ file }) => [file, new Map()]));
  const addEdge = (/** @type {Module} */ from, /** @type {Target | undefined} */ to) => {
    if (to?.name === undefined || to.module.file === from.file) return;
    const edges = graph.get(from.file);
    edges?.set(to.module.file, (edges.get(to.module.file) ?? new Set()).add(to.name));
  };
  const macros = new Map(modules.flatMap(macrosOf));
  for (const module of modules) {
    for (const imported of module.imports.values()) {
      addEdge(module, resolve(module, imported.segments, new Set([imported])));
    }
    for (const path of inlinePaths(module.tokens)) addEdge(module, resolve(module, path));
    const words = new Set(module.tokens);
    for (const glob of module.globs) {
      const target = resolve(module, glob)?.module;
      if (!target) continue;
      for (const name of [...target.defined, ...target.imports.keys()]) {
        if (words.has(name)) addEdge(module, lookUp(target, name, new Set()));
      }
    }
    // Macros may be in scope without an import.
    for (const [at, token] of module.tokens.entries()) {
      const definer = macros.get(token);
      if (definer && module.tokens[at + 1] === "!")
        addEdge(module, { module: definer, name: token });
    }
  }
  return graph;
}

/**
 * @param {Module} module
 * @returns {[string, Module][]}
 */
function macrosOf(module) {
  return module.tokens.flatMap((token, at) =>
    token === "macro_rules" ? [[module.tokens[at + 2], module]] : [],
  );
}
