import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { checkOptionNames } from '../../options.ts';
import { readBody } from '../read-body.ts';
import { ControlError } from './errors.ts';
import { CONTROL_BODY_LIMIT_BYTES } from './limits.ts';

/** What a body must be. */
export type BodySchema<Body> = v.GenericSchema<unknown, Body>;

const JSON_TYPE = /^application\/json[ \t]*(?:;|$)/iu;
const expectations: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  Object: 'an object',
  Array: 'an array',
};
/** What valibot's own messages begin with; they show what was given. */
const DEFAULT_MESSAGE = 'Invalid ';
const LITERALS = /[()"]/gu;
const OR = / \| /gu;

/** The parts of a schema that say which names there are. */
interface NamedSchema {
  readonly type: string;
  readonly entries?: Readonly<Record<string, NamedSchema>>;
  readonly wrapped?: NamedSchema;
  readonly options?: readonly NamedSchema[];
}

function namesOf({ entries = {}, options = [] }: NamedSchema): string[] {
  return [...Object.keys(entries), ...options.flatMap(namesOf)];
}

/** Refuses unknown names with the nearest known one, at every depth. */
function checkNames(owner: string, schema: NamedSchema, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  if (schema.wrapped !== undefined) checkNames(owner, schema.wrapped, value);
  const names = namesOf(schema);
  if (names.length === 0) return;
  checkOptionNames(owner, value, names);
  for (const [name, entry] of Object.entries(schema.entries ?? {})) {
    checkNames(`${owner}: ${name}`, entry, Reflect.get(value, name));
  }
}

/** Never shows what was given: it may be a secret. */
function explain(owner: string, issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  const subject = path === null ? 'the body' : path;
  if (!issue.message.startsWith(DEFAULT_MESSAGE)) return `${owner}: ${issue.message}`;
  if (issue.received === 'undefined') return `${owner}: ${subject} is missing.`;
  if (issue.expected === 'never') return `${owner}: ${subject} is unknown. This takes no fields.`;
  const expected = issue.expected ?? 'something else';
  const choice = `one of ${expected.replace(LITERALS, '').replace(OR, ', ')}`;
  return `${owner}: ${subject} cannot be used. Give ${expectations[expected] ?? choice}.`;
}

/**
 * Checks a value that was read from JSON.
 *
 * @throws ControlError `invalid_body`, naming the field and what it must be.
 */
function checkBody<Body>(owner: string, schema: BodySchema<Body>, value: unknown): Body {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ControlError('invalid_body', `${owner}: the body is JSON, but not an object. Send {…}.`);
  }
  try {
    checkNames(owner, schema as NamedSchema, value);
  } catch (error) {
    throw new ControlError('invalid_body', error instanceof Error ? error.message : String(error));
  }
  const result = v.safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  throw new ControlError('invalid_body', explain(owner, result.issues[0]));
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  if (!JSON_TYPE.test(type)) {
    throw new ControlError('unsupported_content_type', 'Send JSON with Content-Type: application/json.');
  }
  if (encoding.toLowerCase() !== 'identity') {
    throw new ControlError(
      'unsupported_content_encoding',
      'Send the body as it is, with no Content-Encoding.',
    );
  }
  const bytes = await readBody(request, CONTROL_BODY_LIMIT_BYTES);
  if (bytes === undefined) throw new ControlError('invalid_json', 'The body ended before it was complete.');
  if (bytes !== 'too_large') return bytes;
  const message = `The body is larger than ${CONTROL_BODY_LIMIT_BYTES} bytes. Send less at a time.`;
  throw new ControlError('body_too_large', message, { connection: 'close' });
}

/**
 * Reads and checks the body of a write; none at all counts as `{}`.
 *
 * @throws ControlError when it is not JSON, too large, or not what it must be.
 */
export async function readJson<Body>(
  request: IncomingMessage,
  owner: string,
  schema: BodySchema<Body>,
): Promise<Body> {
  const bytes = await readBytes(request);
  let value: unknown = {};
  try {
    if (!isUtf8(bytes)) throw new SyntaxError('It is not UTF-8.');
    if (bytes.length > 0) value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new ControlError('invalid_json', `${owner}: the body is not JSON in UTF-8.`);
  }
  return checkBody(owner, schema, value);
}
