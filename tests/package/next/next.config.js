// Keeps Next.js inside this folder: it takes the folder of the topmost lock file for the project otherwise.
export default {
  turbopack: { root: import.meta.dirname },
  outputFileTracingRoot: import.meta.dirname,
};
