// SPDX-License-Identifier: GPL-3.0-or-later
// A NATS service (ADR-32) with the official NATS client for JavaScript: two endpoints in a group, of which one can fail.
//
//   node js_service.mjs nats://127.0.0.1:4222 orders '{"zone":"a"}'
import { connect, JSONCodec, ServiceError } from "nats";

const [server = "nats://127.0.0.1:4222", name = "orders", metadata = "{}"] = process.argv.slice(2);
const json = JSONCodec();
const connection = await connect({ servers: server, name: `service ${name}` });

const service = await connection.services.add({
  name,
  version: "1.2.3",
  description: "takes orders",
  metadata: JSON.parse(metadata),
  statsHandler: async () => ({ cache: { hits: 7 } }),
});
const group = service.addGroup(name);
group.addEndpoint("create", {
  handler: (error, message) => {
    if (error) return;
    const { amount } = json.decode(message.data);
    // What is thrown goes out as an error, and counts as one.
    if (!(amount > 0)) throw new ServiceError(422, `an amount of ${amount} cannot be ordered`);
    message.respond(json.encode({ id: "o-1", amount, tags: ["new"] }));
  },
  metadata: { unit: "pieces" },
});
group.addEndpoint("list", { handler: (error, message) => error ?? message.respond(json.encode([])) });
await connection.flush();
console.log("ready");

process.once("SIGTERM", () => connection.drain());
process.once("SIGINT", () => connection.drain());
await connection.closed();
