// api_session.mjs URL MODEL: a session from creation to charter by fetch and EventSource alone. Answers as the session
// MODEL did, follows the live events, and prints the outcome and what was seen as one line of JSON.
import { createRequire } from 'node:module';

// Node has no EventSource before 22; Debian's package is the same interface.
const EventSource = globalThis.EventSource ?? createRequire(import.meta.url)('/usr/share/nodejs/eventsource');
const [server, model] = process.argv.slice(2);

async function call(method, path, body) {
  const reply = await fetch(`${server}/api/v1${path}`, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
  return reply.headers.get('content-type').includes('json') ? reply.json() : reply.text();
}

const { protocol } = await call('GET', `/sessions/${model}`);
const answers = new Map((await call('GET', `/sessions/${model}/questions`)).questions.map((q) => [q.question, q.value]));
const { id } = await call('POST', '/sessions', { title: 'Payroll by Node', protocol });

const seen = [];
const decided = new Promise((resolve, reject) => {
  const stream = new EventSource(`${server}/api/v1/sessions/${id}/stream`);
  const types = ['session.created', 'stage.opened', 'answer.submitted', 'answer.assessed', 'stage.gated',
    'checkpoint.created', 'finding.raised', 'decision.made'];
  for (const type of types) {
    stream.addEventListener(type, (event) => {
      seen.push(Number(event.lastEventId));
      if (type !== 'decision.made') return;
      stream.close();
      resolve();
    });
  }
  setTimeout(() => reject(new Error(`no decision after ${seen.length} events`)), 60_000).unref();
});

const answered = new Set();
for (let round = 0; round < 200; round += 1) {
  const open = (await call('GET', `/sessions/${id}/questions`)).questions
    .filter((q) => q.value === null && answers.get(q.question) != null && !answered.has(q.question));
  for (const { question } of open) {
    answered.add(question);
    await call('PUT', `/sessions/${id}/answers/${question}`, { value: answers.get(question) });
  }
  if ((await call('GET', `/sessions/${id}/progress`)).decided) break;
  if (open.length === 0) await new Promise((resolve) => { setTimeout(resolve, 50); });
}
await decided;

const { decision } = await call('GET', `/sessions/${id}/decision`);
const charter = await call('GET', `/sessions/${id}/charter?format=md`);
const log = (await call('GET', `/sessions/${id}/events?after=0&limit=1000`)).events.map((event) => event.seq);
console.log(JSON.stringify({
  outcome: decision.outcome,
  charter: charter.includes('Payroll by Node'),
  events: seen.length,
  in_order: seen.every((seq, index) => index === 0 || seq > seen[index - 1]),
  unique: new Set(seen).size === seen.length,
  of_log: log.length,
}));
