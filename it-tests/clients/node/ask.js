// Asks one question and prints the answer.
//
// usage: node ask.js HOST:PORT ID QUESTION
// Exits with 1 when the events are not what docs/events.md promises.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Kafka, logLevel } from 'kafkajs';

const LIMIT_MS = 120_000;

const [bootstrapServers, id, question] = process.argv.slice(2);
if (question === undefined) {
  console.error('usage: node ask.js HOST:PORT ID QUESTION');
  process.exit(2);
}

const kafka = new Kafka({ clientId: 'ask', brokers: [bootstrapServers], logLevel: logLevel.ERROR });
// a reader of committed records unless told otherwise
const consumer = kafka.consumer({ groupId: `ask-${randomUUID()}` });
const producer = kafka.producer();

let told = 0; // tokens
let text = '';
let completion;

function read(topic, message) {
  const event = JSON.parse(message.value.toString());
  if (event.id !== id) {
    return;
  }
  assert.equal(message.key.toString(), 'node');
  assert.equal(message.headers.ce_specversion.toString(), '1.0');
  assert.equal(message.headers.ce_subject.toString(), id);
  if (topic === 'completions') {
    assert.equal(message.headers.ce_type.toString(), 'io.causalstreams.completion.v1');
    completion = event;
    return;
  }
  assert.equal(message.headers.ce_type.toString(), 'io.causalstreams.token.v1');
  const [choice] = event.choices;
  assert.equal(choice.token_index, told, 'tokens are missing or repeated');
  told += choice.token_count;
  text += choice.delta.content ?? '';
}

// the two topics have no order between them: tokens may be read after the completion
const isWhole = () => completion !== undefined && told === completion.usage.completion_tokens;

async function ask() {
  await Promise.all([producer.connect(), consumer.connect()]);
  await consumer.subscribe({ topics: ['tokens', 'completions'], fromBeginning: true });
  const prompt = { id, messages: [{ role: 'user', content: question }], max_completion_tokens: 24, temperature: 0 };
  await producer.send({ topic: 'prompts', messages: [{ key: 'node', value: JSON.stringify(prompt) }] });

  await new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error(`no whole answer within ${LIMIT_MS} ms`)), LIMIT_MS).unref();
    consumer
      .run({
        eachMessage: async ({ topic, message }) => {
          try {
            read(topic, message);
          } catch (failure) {
            reject(failure);
          }
          if (isWhole()) {
            resolve();
          }
        },
      })
      .catch(reject);
  });

  assert.equal(completion.error, undefined);
  assert.equal(text, completion.choices[0].message.content);
  console.log(text);
}

ask().then(
  () => process.exit(0),
  (failure) => {
    console.error(failure);
    process.exit(1);
  },
);
