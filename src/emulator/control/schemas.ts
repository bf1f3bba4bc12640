import * as v from 'valibot';
import { bodyStyles } from '../encode-body.ts';
import { plans, timestampStyles } from '../options.ts';
import type {
  ClockChangeJson,
  CustomerMessageJson,
  NewFaultJson,
  OptOutJson,
  RawDeliveryJson,
  ResendJson,
  StatePatchJson,
} from './json-types.ts';
import type { BodySchema } from './read-json.ts';

/** Holds a schema's fields against a type: none is missing and none is too many. */
type FieldsOf<Body> = Record<keyof Body, v.GenericSchema>;

const optional = v.exactOptional;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isParams(value: unknown): value is Record<string, string | number> {
  return isObject(value) && Object.values(value).every((each) => ['string', 'number'].includes(typeof each));
}

function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

/** `POST /messages`. */
export const customerMessageSchema: BodySchema<CustomerMessageJson> = v.strictObject({
  from: v.string(),
  text: v.string(),
} satisfies FieldsOf<CustomerMessageJson>);

/** `POST /opt-outs`. */
export const optOutSchema: BodySchema<OptOutJson> = v.strictObject({
  from: v.string(),
} satisfies FieldsOf<OptOutJson>);

/** `POST /deliveries`. */
export const rawDeliverySchema: BodySchema<RawDeliveryJson> = v.pipe(
  v.strictObject({
    // Not a record: valibot leaves names such as `constructor` out of those, and an event may have them.
    event: optional(v.custom<Record<string, unknown>>(isObject, 'event must be an object.')),
    bodyBase64: optional(
      v.pipe(v.string(), v.check(isBase64, 'bodyBase64 is not Base64 (padded, not URL-safe).')),
    ),
  } satisfies FieldsOf<RawDeliveryJson>),
  v.check(
    ({ event, bodyBase64 }) => (event === undefined) !== (bodyBase64 === undefined),
    'give either event or bodyBase64.',
  ),
);

/** `POST /deliveries/{id}/resend`. */
export const resendSchema: BodySchema<ResendJson> = v.pipe(
  v.strictObject({
    mode: v.picklist(['retry', 'exact', 'edited']),
    bodyText: optional(v.string()),
  } satisfies FieldsOf<ResendJson>),
  v.check(
    ({ mode, bodyText }) => (mode === 'edited') === (bodyText !== undefined),
    'give bodyText with mode edited, and with no other.',
  ),
);

/** `POST /faults`. What each type needs is checked where faults are kept. */
export const newFaultSchema: BodySchema<NewFaultJson> = v.strictObject({
  on: v.picklist(['send', 'delivery']),
  type: v.string(),
  when: optional(v.picklist(['before', 'after'])),
  times: optional(v.number()),
  probability: optional(v.number()),
  params: optional(
    v.custom<Record<string, string | number>>(isParams, 'params must be an object of strings and numbers.'),
  ),
} satisfies FieldsOf<NewFaultJson>);

/** `POST /clock`. */
export const clockChangeSchema: BodySchema<ClockChangeJson> = v.union(
  [
    v.strictObject({ advance: v.union([v.string(), v.number()]) }),
    v.strictObject({ set: v.string() }),
    v.strictObject({ reset: v.literal(true) }),
  ],
  'give one of advance (a string or milliseconds), set (a string of ISO 8601) and reset (true).',
);

/** `PATCH /state`. */
export const statePatchSchema: BodySchema<StatePatchJson> = v.strictObject({
  instanceState: optional(v.picklist(['open', 'close'])),
  keyRevoked: optional(v.boolean()),
  plan: optional(v.picklist(plans)),
  throttle: optional(v.nullable(v.strictObject({ limit: v.number(), perSeconds: v.number() }))),
  webhook: optional(v.nullable(v.strictObject({ url: v.string(), secret: optional(v.string()) }))),
  bodyStyle: optional(v.picklist(bodyStyles)),
  timestampStyle: optional(v.picklist(timestampStyles)),
  unsuppress: optional(v.array(v.string())),
} satisfies FieldsOf<StatePatchJson>);

/** A write that takes nothing. */
export const nothingSchema: BodySchema<Record<string, never>> = v.strictObject({});
