// What the official SDK sends.
const OpenAI = require('openai');
const { zodFunction, zodResponseFormat } = require('openai/helpers/zod');
const { z } = require('zod');

const Weather = z.object({ city: z.string(), degrees: z.number().int(), sky: z.enum(['clear', 'cloudy']).nullable() });
const City = z.object({ city: z.string() });
const model = 'm';
const messages = [{ role: 'user', content: 'What is the weather in Oslo?' }];
const client = name => new OpenAI({ baseURL: `${process.argv[2]}/${name}/v1`, apiKey: 'none', maxRetries: 0 });
const chat = (name, more) => client(name).chat.completions.create({ model, messages, ...more });
const text = (name, more) => client(name).completions.create({ model, ...more });
const drain = async stream => { for await (const _ of stream); };
const tool = zodFunction({ name: 'get_weather', description: 'The weather of a city', parameters: City });

(async () => {
  await chat('chat');
  await chat('chat-with-everything-usual', { temperature: 0.2, top_p: 0.9, max_tokens: 30, stop: 'END', seed: 7, n: 2, user: 'ada' });
  await drain(await chat('chat-stream', { stream: true, stream_options: { include_usage: true } }));
  await client('chat-stream-helper').chat.completions.stream({ model, messages }).finalChatCompletion();
  await chat('chat-logprobs', { logprobs: true, top_logprobs: 3 });
  await chat('chat-bookkeeping', { metadata: { team: 'a' }, store: true });
  await chat('chat-reasoning', { messages: [{ role: 'developer', content: 'Be brief.' }, ...messages], reasoning_effort: 'low', max_completion_tokens: 40 });
  await chat('chat-image', { messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }] }] });
  await chat('tools', { tools: [tool], tool_choice: 'auto' });
  await client('tools-run').chat.completions.runTools({
    model, messages,
    tools: [{ type: 'function', function: { name: 'get_weather', description: 'The weather of a city', parse: JSON.parse, function: () => '3',
      parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } } }],
  }).finalContent();
  await client('json-zod').chat.completions.parse({ model, messages, response_format: zodResponseFormat(Weather, 'weather') }).catch(() => {});
  await chat('json-object', { response_format: { type: 'json_object' } });
  await text('text', { prompt: 'Once' });
  await text('text-list-of-one', { prompt: ['Once'] });
  await text('text-list-of-two', { prompt: ['Once', 'Twice'] });
  await text('text-list-of-tokens', { prompt: [[1, 2, 3]] });
  await drain(await text('text-stream', { prompt: 'Once', stream: true }));
})().catch(problem => { console.error(problem); process.exit(1); });
