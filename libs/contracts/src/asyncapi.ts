import { z } from 'zod';
import * as amqp from './amqp.js';

type Json = Record<string, unknown>;

const HEADERS = {
  type: 'object',
  description: 'AMQP properties, not headers of the message: see the AMQP bindings and the documentation.',
} as const;

/** The AMQP interface as an AsyncAPI 3 document, made from the schemas that requests and facts are checked by. */
export function asyncApi(version: string): Json {
  const requests = Object.entries(amqp.publicRequests);
  const facts = Object.entries(amqp.publicFacts);
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Reprise over AMQP',
      version,
      description:
        'Backups and restores for internal services, over RabbitMQ. What the properties mean and which rights a caller needs: docs/reference/amqp.md. ' +
        `The exchanges are those of an installation with the name ${amqp.DEFAULT_INSTALLATION}: others begin with the name that REPRISE_INSTALLATION gives them.`,
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    servers: {
      broker: {
        host: 'rabbitmq.example.com:5672',
        protocol: 'amqp',
        protocolVersion: '0.9.1',
        description: 'The broker of the installation.',
        security: [{ $ref: '#/components/securitySchemes/user' }],
      },
    },
    channels: {
      ...Object.fromEntries(requests.map(([key]) => [camel(key), channel(amqp.requestsOf(), key, [camel(key)])])),
      answers: {
        address: null,
        description: "The queue that a request's reply_to names: the caller's own, or direct reply-to.",
        messages: messagesOf(['error', ...requests.map(([key]) => `${camel(key)}Reply`)]),
      },
      ...Object.fromEntries(facts.map(([key]) => [camel(key), channel(amqp.factsOf(), key, [camel(key)])])),
    },
    operations: {
      ...Object.fromEntries(
        requests.map(([key, { summary }]) => [
          `ask${pascal(key)}`,
          {
            action: 'receive',
            summary,
            channel: { $ref: `#/channels/${camel(key)}` },
            messages: [{ $ref: `#/channels/${camel(key)}/messages/${camel(key)}` }],
            reply: {
              address: { location: '$message.header#/reply_to', description: 'The AMQP property reply_to.' },
              channel: { $ref: '#/channels/answers' },
              messages: [{ $ref: `#/channels/answers/messages/${camel(key)}Reply` }, { $ref: '#/channels/answers/messages/error' }],
            },
          },
        ]),
      ),
      ...Object.fromEntries(
        facts.map(([key, summary]) => [
          `tell${pascal(key)}`,
          {
            action: 'send',
            summary,
            channel: { $ref: `#/channels/${camel(key)}` },
            messages: [{ $ref: `#/channels/${camel(key)}/messages/${camel(key)}` }],
          },
        ]),
      ),
    },
    components: {
      securitySchemes: { user: { type: 'userPassword', description: 'A user of the broker, mapped to a client of Reprise.' } },
      messages: {
        ...Object.fromEntries(
          requests.flatMap(([key, { summary, body, reply }]) => [
            [camel(key), { ...message(amqp.publicType(key), summary, schemaOf(body)), correlationId: CORRELATION }],
            [`${camel(key)}Reply`, { ...message(amqp.replyType(key), `The answer to ${key}.`, schemaOf(reply)), correlationId: CORRELATION }],
          ]),
        ),
        error: {
          ...message(amqp.ERROR_TYPE, 'The answer to a request that was refused or failed.', schemaOf(amqp.PublicError)),
          correlationId: CORRELATION,
        },
        ...Object.fromEntries(facts.map(([key, summary]) => [camel(key), message(amqp.publicType(key), summary, { $ref: '#/components/schemas/fact' })])),
      },
      schemas: { fact: schemaOf(amqp.PublicFact) },
    },
  };
}

const CORRELATION = { location: '$message.header#/correlation_id', description: 'The AMQP property correlation_id: the answer carries that of its request.' };

function channel(exchange: string, routingKey: string, messages: string[]): Json {
  return {
    address: routingKey,
    messages: messagesOf(messages),
    bindings: {
      amqp: { is: 'routingKey', exchange: { name: exchange, type: 'topic', durable: true, autoDelete: false, vhost: '/' }, bindingVersion: '0.3.0' },
    },
  };
}

function messagesOf(names: string[]): Json {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]));
}

function message(type: string, summary: string, payload: Json): Json {
  return {
    name: type,
    summary,
    contentType: 'application/json',
    headers: HEADERS,
    payload,
    bindings: { amqp: { contentEncoding: 'utf-8', messageType: type, bindingVersion: '0.3.0' } },
  };
}

/** As a reader sees it: what is unknown is passed over, so nothing is forbidden. */
function schemaOf(schema: z.ZodType): Json {
  const json: Json = { ...z.toJSONSchema(schema, { target: 'draft-7', io: 'input' }) };
  delete json['$schema'];
  return json;
}

function camel(key: string): string {
  return key.replace(/\.(\w)/g, (_, letter: string) => letter.toUpperCase());
}

function pascal(key: string): string {
  return camel(key).replace(/^\w/, (letter) => letter.toUpperCase());
}
