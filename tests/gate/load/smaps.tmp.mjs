import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { Signer } from "countersign";
import { startWorkerd } from "../workerd.mjs";
import { sendAll } from "./client.mjs";

const signer = new Signer("stripe", "memory-secret");
const gate = await startWorkerd({
  sources: { stripe: { scheme: "stripe", keys: ["SECRET"] } },
  secrets: { SECRET: "memory-secret" },
  quiet: true,
});
setInterval(() => {
  gate.sink.messages.length = 0;
}, 100).unref();
const snap = (label) => {
  const pid = gate.pid();
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const f = (n) => Math.round(Number(status.match(new RegExp(n + ":\\s+(\\d+)"))?.[1]) / 1024);
  const maps = readFileSync(`/proc/${pid}/smaps`, "utf8").split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/);
  const groups = {};
  for (const m of maps) {
    const head = m.split("\n")[0];
    let name = head.slice(73).trim() || "[anon]";
    const rss = Number(m.match(/Rss:\s+(\d+)/)?.[1] ?? 0);
    const size = Number(m.match(/Size:\s+(\d+)/)?.[1] ?? 0);
    if (name.includes("-shm")) name = "shm";
    else if (name.includes("sqlite")) name = "sqlite";
    else if (name === "[anon]")
      name = `anon${size >= 1e6 ? "-huge" : size > 65536 ? "-64M+" : size > 8192 ? "-8M+" : size > 1024 ? "-1M+" : "-small"}`;
    groups[name] = (groups[name] ?? 0) + rss;
  }
  const disk = readdirSync(gate.disk, { recursive: true })
    .map((p) => [p, statSync(join(gate.disk, p))])
    .filter(([, s]) => s.isFile());
  const sum = (suffix) =>
    Math.round(
      disk.filter(([p]) => p.endsWith(suffix)).reduce((t, [, s]) => t + s.size, 0) / 1048576,
    );
  console.log(
    label,
    "rss",
    f("VmRSS"),
    "anon",
    f("RssAnon"),
    "file",
    f("RssFile"),
    "shmem",
    f("RssShmem"),
    "| sqlite MB",
    sum(".sqlite"),
    "wal",
    sum("-wal"),
    "shm",
    sum("-shm"),
    JSON.stringify(
      Object.fromEntries(
        Object.entries(groups)
          .filter(([, v]) => v > 2000)
          .map(([k, v]) => [k, Math.round(v / 1024)]),
      ),
    ),
  );
};
const total = Number(process.argv[2] ?? 250000);
snap("start");
const STEP = total / 10;
let sent = 0;
const sendUntil = (until) =>
  sendAll(
    `${gate.url}/in/stripe`,
    16,
    () => {
      if (sent >= until) return undefined;
      const body = JSON.stringify({ id: `evt_${sent++}`, type: "memory" });
      return { body, headers: signer.sign({ body }) };
    },
    (status) => {
      if (status !== 200) throw new Error(String(status));
    },
  );
for (let s = 1; s <= 10; s += 1) {
  await sendUntil(STEP * s);
  snap(`${STEP * s}`);
}
await new Promise((r) => setTimeout(r, 15000));
snap("idle 15 s");
await gate.kill();
await gate.restart();
snap("restarted");
for (let s = 1; s <= 4; s += 1) {
  await sendUntil(total + 10000 * s);
  snap(`restart +${10000 * s}`);
}
await gate.stop();
process.exit(0);
