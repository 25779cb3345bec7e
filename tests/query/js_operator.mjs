// SPDX-License-Identifier: GPL-3.0-or-later
// An operator in JavaScript, with the official NATS client: asks a fleet several questions at once and counts the answers.
//
//   node js_operator.mjs nats://127.0.0.1:4222 '[{"subject":"fleet.query.all","select":["fw"]}]' 5000
//
// Prints one JSON array: {"row":N,"empty":N,"error":N,"devices":N,"foreign":N} a question, `foreign` being answers with
// other fields than were asked for.
import { connect, createInbox, JSONCodec } from "nats";

const [server, questionText, deadlineText] = process.argv.slice(2);
const deadline = Number(deadlineText); // milliseconds
const json = JSONCodec();
const connection = await connect({ servers: server, name: "js operator" });

function flattened(value, prefix = "", out = []) {
  for (const [key, inner] of Object.entries(value)) {
    if (inner !== null && typeof inner === "object") flattened(inner, `${prefix}${key}.`, out);
    else out.push(prefix + key);
  }
  return out;
}

async function ask({ subject, select, where }, number) {
  const inbox = createInbox();
  const counts = { row: 0, empty: 0, error: 0, devices: 0, foreign: 0 };
  const devices = new Set();
  const subscription = connection.subscribe(inbox, {
    callback: (_, message) => {
      const answer = json.decode(message.data);
      devices.add(answer.device);
      if (answer.row) {
        ++counts.row;
        if (flattened(answer.row).some((field) => !select.includes(field))) ++counts.foreign;
      } else {
        ++counts[answer.empty ? "empty" : "error"];
      }
    },
  });
  const id = `01J${String(number).padStart(23, "0")}`;
  const question = { v: 1, id, deadline_ms: deadline, spread_ms: 0, select, where, reply_empty: true };
  connection.publish(subject, json.encode(question), { reply: inbox });
  await new Promise((done) => setTimeout(done, deadline));
  subscription.unsubscribe();
  return { ...counts, devices: devices.size };
}

console.log(JSON.stringify(await Promise.all(JSON.parse(questionText).map(ask))));
await connection.close();
