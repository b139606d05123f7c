export const runtime = "nodejs";

export { receive as POST } from "../receive.js";
