// In: a graph of files. Out: the groups of files that import each other in a circle.

/**
 * For each file the files that it imports from, each with the imported names.
 * @typedef {Map<string, Map<string, Set<string>>>} Graph
 */

/**
 * Every group of two or more files that reach each other, largest first (Tarjan's algorithm).
 * @param {Graph} graph
 * @returns {string[][]}
 */
export function circles(graph) {
  /** @type {Map<string, number>} */
  const order = new Map();
  /** @type {Map<string, number>} the earliest file of the path that each file reaches */
  const earliest = new Map();
  /** @type {string[]} */
  const path = [];
  /** @type {string[][]} */
  const groups = [];
  const visit = (/** @type {string} */ file) => {
    const index = order.size;
    order.set(file, index);
    earliest.set(file, index);
    path.push(file);
    for (const next of graph.get(file)?.keys() ?? []) {
      if (!order.has(next)) visit(next);
      if (path.includes(next)) {
        earliest.set(file, Math.min(earliest.get(file) ?? 0, earliest.get(next) ?? 0));
      }
    }
    if (earliest.get(file) !== index) return;
    const group = path.splice(path.indexOf(file));
    if (group.length > 1) groups.push(group.sort());
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return groups.sort((a, b) => b.length - a.length);
}

/**
 * A shortest circle within a group, such as `[a, b, a]`.
 * @param {Graph} graph
 * @param {string[]} group
 * @returns {string[]}
 */
export function shortestCircle(graph, group) {
  const found = group.map((file) => shortestWayBack(graph, file, group));
  return found.sort((a, b) => a.length - b.length)[0];
}

/**
 * @param {Graph} graph
 * @param {string} start
 * @param {string[]} group
 */
function shortestWayBack(graph, start, group) {
  const paths = [[start]];
  const seen = new Set();
  for (const path of paths) {
    for (const next of graph.get(path.at(-1) ?? start)?.keys() ?? []) {
      if (next === start) return [...path, start];
      if (!group.includes(next) || seen.has(next)) continue;
      seen.add(next);
      paths.push([...path, next]);
    }
  }
  return [];
}
