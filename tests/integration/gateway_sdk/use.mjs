// The official SDKs of OpenAI and Anthropic against the gateway, unchanged but for their base URL: whole and streamed,
// tools, JSON schemas, each also with a provider of the other format behind it. Prints what it checked.
import assert from "node:assert/strict";

import Anthropic from "@anthropic-ai/sdk";
import OpenAI from "openai";

const url = process.argv[2];
const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: "none" });
const anthropic = new Anthropic({ baseURL: url, apiKey: "none" });
const question = [{ role: "user", content: "What does a pilot cost?" }];
const weather = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};

async function chat(model) {
  const reply = await openai.chat.completions.create({ model, messages: question });
  assert.ok(reply.choices[0].message.content.length > 0);
  assert.equal(reply.choices[0].finish_reason, "stop");
  assert.equal(reply.usage.total_tokens, reply.usage.prompt_tokens + reply.usage.completion_tokens);

  let text = "";
  let usage;
  const stream = await openai.chat.completions.create({
    model,
    messages: [...question, { role: "user", content: "Streamed." }],
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta?.content ?? "";
    usage = chunk.usage ?? usage;
  }
  assert.ok(text.length > 0);
  assert.ok(usage.completion_tokens > 0);

  const called = await openai.chat.completions.create({
    model,
    messages: question,
    tools: [{ type: "function", function: { name: "weather", parameters: weather } }],
    tool_choice: { type: "function", function: { name: "weather" } },
  });
  const call = called.choices[0].message.tool_calls[0];
  assert.equal(call.function.name, "weather");
  assert.equal(typeof JSON.parse(call.function.arguments).city, "string");

  const fits = await openai.chat.completions.create({
    model,
    messages: question,
    response_format: { type: "json_schema", json_schema: { name: "place", strict: true, schema: weather } },
  });
  assert.equal(typeof JSON.parse(fits.choices[0].message.content).city, "string");
  console.log(`openai SDK, ${model}: whole, streamed, tool, schema`);
}

async function message(model) {
  const reply = await anthropic.messages.create({ model, max_tokens: 200, messages: question });
  assert.equal(reply.content[0].type, "text");
  assert.equal(reply.stop_reason, "end_turn");
  assert.ok(reply.usage.input_tokens > 0 && reply.usage.output_tokens > 0);

  const stream = anthropic.messages.stream({
    model,
    max_tokens: 200,
    messages: [{ role: "user", content: "Streamed, please." }],
  });
  let text = "";
  stream.on("text", (piece) => (text += piece));
  const whole = await stream.finalMessage();
  assert.equal(whole.content[0].text, text);
  assert.ok(whole.usage.output_tokens > 0);

  const called = await anthropic.messages.create({
    model,
    max_tokens: 200,
    messages: question,
    tools: [{ name: "weather", input_schema: weather }],
    tool_choice: { type: "tool", name: "weather" },
  });
  const call = called.content.find((block) => block.type === "tool_use");
  assert.equal(call.name, "weather");
  assert.equal(typeof call.input.city, "string");
  console.log(`anthropic SDK, ${model}: whole, streamed, tool`);
}

for (const model of ["openai/gpt-x", "anthropic/claude-x", "fast"]) {
  await chat(model);
  await message(model);
}
await assert.rejects(openai.chat.completions.create({ model: "fast", messages: [] }), OpenAI.BadRequestError);
await assert.rejects(anthropic.messages.create({ model: "fast", max_tokens: 10, messages: [] }), Anthropic.BadRequestError);
assert.ok((await openai.models.list()).data.some((model) => model.id === "balanced"));
console.log("errors and models");
