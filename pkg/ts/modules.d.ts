// The types of imports that bundlers and runtimes resolve.

declare module "#core.wasm" {
  /** The WebAssembly module in base64. */
  const text: string;
  export default text;
}

declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
