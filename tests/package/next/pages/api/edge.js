// A route of the pages router: with webpack, Next.js 16.4 builds no edge route of the app router.

import { receive } from "../../app/receive.js";

export const config = { runtime: "edge" };

export default receive;
