// SPDX-License-Identifier: GPL-3.0-or-later
// A device of a Muster fleet in JavaScript, with the official NATS client: it says that it is there, sends telemetry and
// answers live queries. The contract is models/core/protocol/README.md.
//
//   node js_device.mjs nats://127.0.0.1:4222 js-1 '{"site":"lab","group":"bench","region":"eu"}'
import os from "node:os";
import { connect, JSONCodec } from "nats";

const [server = "nats://127.0.0.1:4222", device = "js-1", labelText = "{}", heartbeat = "10"] = process.argv.slice(2);
const interval = Number(heartbeat); // seconds
const labels = { os: os.platform(), arch: os.arch(), ...JSON.parse(labelText) };
const firmware = "1.4.2";
const json = JSONCodec();

const connection = await connect({
  servers: server,
  name: `device ${device}`,
  maxReconnectAttempts: -1, // a device tries for ever
  waitOnFirstConnect: true,
});

// What the device knows: its labels, its firmware, and what it measures now. Dots in names are the same as nesting.
function row() {
  return {
    device,
    fw: firmware,
    ...labels,
    "mem.free": os.freemem(),
    "mem.total": os.totalmem(),
    uptime: os.uptime(),
    "load.1": os.loadavg()[0],
    runtime: `node ${process.versions.node}`,
  };
}

// Presence: every `interval` seconds, and once more with "closing" on a clean stop.
let seq = 0;
function announce(state) {
  connection.publish(`fleet.presence.${device}`, json.encode({ v: 1, interval, seq: ++seq, state, fw: firmware, labels }));
}

function measure() {
  const { "mem.free": free, "load.1": load } = row();
  const values = { mem: { free }, load: { 1: load } };
  connection.publish(`fleet.telemetry.${device}`, json.encode({ v: 1, at: new Date().toISOString(), seq, values }));
}

// The filter of a live query is JsonLogic, limited to these operators. A device that meets another one answers with its
// row: the operator's side applies the filter again, so this only ever saves traffic.
const truthy = (value) => (Array.isArray(value) ? value.length > 0 : Boolean(value)); // an empty list is false here
const operators = {
  and: (...parts) => parts.every(truthy),
  or: (...parts) => parts.some(truthy),
  "!": (part) => !truthy(part),
  "==": (a, b) => a == b,
  "!=": (a, b) => a != b,
  "<": (a, b, c) => a < b && (c === undefined || b < c),
  "<=": (a, b, c) => a <= b && (c === undefined || b <= c),
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  in: (part, whole) => whole?.includes?.(part) ?? false,
};

function lookUp(name, data) {
  return data[name] ?? name.split(".").reduce((value, part) => value?.[part], data) ?? null;
}

function evaluate(logic, data) {
  if (Array.isArray(logic)) return logic.map((part) => evaluate(part, data));
  if (logic === null || typeof logic !== "object") return logic;
  const [[operator, argument]] = Object.entries(logic);
  const parts = Array.isArray(argument) ? argument : [argument];
  if (operator === "var") return lookUp(parts[0], data) ?? parts[1] ?? null;
  if (operator === "missing") return parts.filter((name) => lookUp(name, data) === null);
  if (!(operator in operators)) throw new Error(`unknown operator ${operator}`);
  return operators[operator](...parts.map((part) => evaluate(part, data)));
}

function matches(where, data) {
  if (where === undefined || where === null) return true;
  try {
    return truthy(evaluate(where, data));
  } catch {
    return true;
  }
}

function select(names, data) {
  if (!names?.length) return data;
  return Object.fromEntries(names.filter((name) => lookUp(name, data) !== null).map((name) => [name, lookUp(name, data)]));
}

async function answer(message) {
  let request;
  try {
    request = json.decode(message.data);
  } catch {
    return; // not a question
  }
  if (request?.v !== 1 || !message.reply) return;
  // In a large fleet the asker spreads the answers, so that they do not all arrive in one moment.
  if (request.spread_ms > 0) await new Promise((done) => setTimeout(done, Math.random() * request.spread_ms));
  const data = row();
  if (matches(request.where, data)) message.respond(json.encode({ v: 1, device, row: select(request.select, data) }));
  else if (request.reply_empty) message.respond(json.encode({ v: 1, device, empty: true }));
}

// The subjects that reach this device: everyone, itself, its site, its groups.
const subjects = ["fleet.query.all", `fleet.query.device.${device}`];
if (labels.site) subjects.push(`fleet.query.site.${labels.site}`);
for (const group of labels.group?.split(",") ?? []) {
  subjects.push(`fleet.query.group.${group}`);
  if (labels.region) subjects.push(`fleet.query.group.${group}.${labels.region}`);
}
for (const subject of subjects) {
  connection.subscribe(subject, { callback: (error, message) => error ?? answer(message) });
}
await connection.flush(); // a device says that it is there once it can be asked

announce("online");
measure();
const timer = setInterval(() => {
  announce("online");
  measure();
}, interval * 1000);

async function stop() {
  clearInterval(timer);
  announce("closing");
  await connection.drain();
}
process.once("SIGTERM", stop);
process.once("SIGINT", stop);
await connection.closed();
