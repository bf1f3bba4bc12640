import { join } from 'node:path';
import type * as v from 'valibot';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type * as json from '../../../src/emulator/control/json-types.ts';
import type * as schema from '../../../src/emulator/control/schemas.ts';
import { schemas } from './support/description.ts';
import { schemaStructure, structuresOf } from './support/structure.ts';

const FILE = join(import.meta.dirname, '../../../src/emulator/control/json-types.ts');
const structures = structuresOf(FILE);
const LAST_JSON = /Json$/u;

describe('the types of the control API', () => {
  it.each([...structures.keys()])('are described: %s', (name) => {
    const described = schemas[name.replace(LAST_JSON, '')];
    expect(described).toBeDefined();
    expect(schemaStructure(described ?? {})).toBe(structures.get(name));
  });

  it('are told apart by this test', () => {
    expect(structures.get('ClockJson')).toBe('{now: string; offsetMs: number}');
    expect(structures.get('StatePatchJson')).toContain('webhook?: null|{secret?: string; url: string}');
    expect(structures.size).toBeGreaterThan(15);
  });

  it('are all there is to describe, besides lists and a body with nothing in it', () => {
    const names = [...structures.keys()].map((name) => name.replace(LAST_JSON, ''));
    const others = Object.keys(schemas).filter((name) => !names.includes(name) && !name.endsWith('List'));
    expect(others).toEqual(['Nothing']);
  });

  it('are what bodies are checked to be', () => {
    expectTypeOf<
      v.InferOutput<typeof schema.customerMessageSchema>
    >().toEqualTypeOf<json.CustomerMessageJson>();
    expectTypeOf<v.InferOutput<typeof schema.optOutSchema>>().toEqualTypeOf<json.OptOutJson>();
    expectTypeOf<v.InferOutput<typeof schema.rawDeliverySchema>>().toEqualTypeOf<json.RawDeliveryJson>();
    expectTypeOf<v.InferOutput<typeof schema.resendSchema>>().toEqualTypeOf<json.ResendJson>();
    expectTypeOf<v.InferOutput<typeof schema.newFaultSchema>>().toEqualTypeOf<json.NewFaultJson>();
    expectTypeOf<v.InferOutput<typeof schema.clockChangeSchema>>().toEqualTypeOf<json.ClockChangeJson>();
    expectTypeOf<v.InferOutput<typeof schema.statePatchSchema>>().toEqualTypeOf<json.StatePatchJson>();
  });
});
