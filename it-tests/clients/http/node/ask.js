// The official SDK asks the HTTP door: ask.js BASE_URL API_KEY. Exits with 1 when an answer is not what the SDK expects.
const OpenAI = require('openai');
const assert = require('node:assert');

const client = new OpenAI({ baseURL: process.argv[2], apiKey: process.argv[3], maxRetries: 0 });
const messages = [{ role: 'user', content: 'Hello' }];

(async () => {
  const model = (await client.models.list()).data[0].id;
  const bounds = { model, max_tokens: 12, temperature: 0, ignore_eos: true };

  const whole = await client.chat.completions.create({ messages, ...bounds });
  assert.strictEqual(whole.choices[0].finish_reason, 'length');
  let text = '';
  let usage;
  for await (const chunk of await client.chat.completions.create({
    messages, stream: true, stream_options: { include_usage: true }, ...bounds })) {
    text += chunk.choices[0]?.delta?.content ?? '';
    usage = chunk.usage ?? usage;
  }
  assert.strictEqual(text, whole.choices[0].message.content);
  assert.strictEqual(usage.completion_tokens, 12);
  const accumulated = await client.chat.completions.stream({ messages, ...bounds }).finalChatCompletion();
  assert.strictEqual(accumulated.choices[0].message.content, text);

  // a client that stops reading
  const stopped = await client.chat.completions.create({ messages, stream: true, ...bounds, max_tokens: 500 });
  for await (const chunk of stopped) {
    if (chunk.choices[0]) break;
  }

  await assert.rejects(
    client.chat.completions.create({ messages, model, temperature: -1 }),
    problem => problem instanceof OpenAI.BadRequestError && problem.param === 'temperature');
  console.log('asked', model);
})().catch(problem => { console.error(problem); process.exit(1); });
