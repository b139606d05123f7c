// HTTP answers byte for byte: sends a request over a socket of its own, and writes an answer as the gate sends it and as a
// table of docs/gate.md shows it.

import { connect } from "node:net";

/**
 * Sends a request and returns the bytes of the answer.
 * @param {number} port
 * @param {string} line the method and the path
 * @param {Record<string, string>} headers
 * @param {string} body
 */
export function exchange(port, line, headers = {}, body = "") {
  const all = {
    host: "gate.example",
    connection: "close",
    "content-length": Buffer.byteLength(body),
    ...headers,
  };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(`${line} HTTP/1.1\r\n${head.join("")}\r\n${body}`);
    });
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
  });
}

/** The bytes of an answer. Every answer forbids caching and guessing its type. */
export const raw = (status, type, body, headers = []) =>
  [
    `HTTP/1.1 ${status}`,
    // Status 204 does not allow a length.
    ...(status.startsWith("204") ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
    ...(type === undefined ? [] : [`Content-Type: ${type}`]),
    "Cache-Control: no-store",
    // workerd sorts the others by their names.
    ...[...headers, "x-content-type-options: nosniff"].toSorted(),
    "Connection: close",
    "",
    body,
  ].join("\r\n");

/** An answer with a JSON body. */
export const json = (body, status = "200 OK") => raw(status, "application/json", body);

/** An answer without a body. */
export const empty = (status = "200 OK", headers = []) => raw(status, undefined, "", headers);

/** The answer to a delivery that is not authentic. */
export const NOT_AUTHENTIC = json('{"error":"not authentic"}', "401 Unauthorized");

/** The cell of a table: the status, the content type and the body, with `<id>` in place of an event's id. */
export function cell(answer) {
  const status = answer.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length);
  const type = /^Content-Type: (.*)\r$/m.exec(answer)?.[1];
  const body = answer.split("\r\n\r\n")[1].replace(/"id":"[^"]*"/, '"id":"<id>"');
  const own = [...answer.matchAll(/^(x-(?!content-type)[\w-]+|webhook-[\w-]+): (.*)\r$/gm)];
  const headers = own.map(([, name, value]) => `\`${name}: ${value}\``);
  if (headers.length > 0) return `${status}, ${headers.join(", ")}`;
  if (type === undefined) return `${status}, no body`;
  return type === "application/json" ? `${status} \`${body}\`` : `${status} ${type} \`${body}\``;
}
