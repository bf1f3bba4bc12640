import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import openapi from '../../../../src/emulator/control/openapi.json' with { type: 'json' };

/** A JSON schema, as far as these tests look into one. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly oneOf?: readonly Schema[];
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly description?: string;
}

interface Content {
  readonly 'application/json'?: { readonly schema: Schema };
  readonly 'text/event-stream'?: { readonly schema: Schema };
}

export interface DescribedResponse {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: Content;
}

export interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly required: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, DescribedResponse>>;
}

export const paths: Readonly<Record<string, Readonly<Record<string, Operation>>>> = openapi.paths;
export const schemas: Readonly<Record<string, Schema>> = openapi.components.schemas;
const responses: Readonly<Record<string, DescribedResponse>> = openapi.components.responses;

const REF = /#\/components\/schemas\//gu;
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u;
const ID = /\{id\}/gu;

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': ISO } });
const local = JSON.parse(JSON.stringify(schemas).replace(REF, '#/$defs/'));
const validators = new Map<string, ValidateFunction>();

/** What is wrong with a value by a schema of the description; empty where nothing is. */
export function problems(schema: Schema, value: unknown): string {
  const key = JSON.stringify(schema);
  const validate =
    validators.get(key) ?? ajv.compile({ ...JSON.parse(key.replace(REF, '#/$defs/')), $defs: local });
  validators.set(key, validate);
  return validate(value) ? '' : ajv.errorsText(validate.errors);
}

export function nameOf(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}

export function resolveResponse(response: DescribedResponse): DescribedResponse {
  return response.$ref === undefined ? response : (responses[nameOf(response.$ref)] ?? {});
}

/** The operation that a call is, if it is one. */
export function findOperation(method: string, path: string): Operation | undefined {
  const [bare = ''] = path.split('?');
  const template = Object.keys(paths).find((each) =>
    new RegExp(`^${each.replace(ID, '[^/]+')}$`, 'u').test(bare),
  );
  return template === undefined ? undefined : paths[template]?.[method.toLowerCase()];
}

/** Throws where the description does not allow an answer. */
export function checkAnswer(method: string, path: string, status: number, body: unknown): void {
  const response = findOperation(method, path)?.responses[String(status)];
  // An address or method that there is not, is described for all of them in ErrorCode.
  const described = response ?? (status === 404 || status === 405 ? { $ref: 'x/NotFound' } : undefined);
  if (described === undefined) throw new Error(`${method} ${path}: ${status} is not described.`);
  const schema = resolveResponse(described).content?.['application/json']?.schema;
  const problem =
    schema === undefined ? (body === undefined ? '' : 'there is a body') : problems(schema, body);
  if (problem !== '') throw new Error(`${method} ${path}: ${status} is not as described: ${problem}`);
}
