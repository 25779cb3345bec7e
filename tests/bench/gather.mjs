// SPDX-License-Identifier: GPL-3.0-or-later
// What a person would write with the official NATS client for JavaScript to ask a fleet: requestMany, and each answer
// parsed and kept by its device. A line on standard input is one question; a line on standard output its answers' count.
//
//   node gather.mjs FOLDER_WITH_NODE_MODULES SERVER QUESTION DEVICES
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [folder, servers, question, devices] = process.argv.slice(2);
const { connect } = createRequire(`${folder}/`)("nats");
const connection = await connect({ servers });
const patience = 60_000; // milliseconds
const quiet = 300; // without the count: how long nothing may come before it is over

async function gather(knowing) {
  const options = knowing
    ? { strategy: "count", maxMessages: Number(devices), maxWait: patience }
    : { strategy: "jitterTimer", jitter: quiet, maxWait: patience };
  const rows = new Map();
  for await (const message of await connection.requestMany("fleet.query.all", question, options)) {
    const answer = JSON.parse(message.string());
    rows.set(answer.device, answer.row);
  }
  return rows.size;
}

console.log("ready");
for await (const line of createInterface({ input: process.stdin })) console.log(await gather(line === "knowing"));
await connection.close();
