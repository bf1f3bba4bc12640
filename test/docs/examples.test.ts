import { beforeAll, describe, expect, it } from 'vitest';
import { createCompiler } from './examples/compile.ts';
import { examplesIn, optionsWithoutDefault } from './examples/from-comments.ts';
import { blocksIn, documents } from './examples/from-markdown.ts';
import type { Snippet } from './examples/snippet.ts';

/** Examples that are wrong, each with a part of what the compiler says of it. */
const spoilt = [
  ['a misspelt option', 'whatsappGatewayWebhook({ secret, onMesage: () => undefined });', 'onMesage'],
  [
    'a purpose that is not allowed',
    "await sender.send({ phone, message, purpose: 'marketing' });",
    'marketing',
  ],
  [
    'a field of another type',
    'const days: number = verifyWebhook({ headers: {}, rawBody: "", secret }).event.days;',
    'unknown',
  ],
  ['a name that nobody exports', "import { createSendr } from 'express-whatsapp-gateway';", 'createSendr'],
  ['a name that nobody declared', 'createSendr({});', 'createSendr'],
  ['a parameter without a type', 'const handler = (event) => event;', 'implicitly'],
  ['what is no TypeScript', 'whatsappGatewayWebhook({ … });', 'Invalid character'],
] as const;

let examples: Snippet[];
let problems: string[];
let withoutDefault: string[];

beforeAll(() => {
  const compiler = createCompiler();
  examples = [...examplesIn(compiler.program), ...documents().flatMap((file) => blocksIn(file))];
  const wrong = spoilt.flatMap(([name, code]) =>
    blocksIn(name, `Text\n\n\`\`\`ts\n// A comment.\n${code}\n\`\`\`\n`),
  );
  withoutDefault = optionsWithoutDefault(compiler.program);
  problems = compiler.check([...examples, ...wrong]);
});

describe('the documentation', () => {
  it('has examples where a reader looks for them', () => {
    const files = [...new Set(examples.map(({ file }) => file))];
    expect(files).toEqual(
      expect.arrayContaining([
        'README.md',
        'docs/errors.md',
        'docs/emulator.md',
        'docs/many-machines.md',
        'src/webhook/middleware.ts',
        'src/webhook/receiver.ts',
        'src/webhook/verify.ts',
        'src/sender/sender.ts',
        'src/sender/errors.ts',
        'src/deliveries/redis.ts',
        'src/bullmq/send-queue.ts',
        'src/bullmq/event-worker.ts',
        'src/testing/sign-webhook.ts',
        'src/emulator/emulator.ts',
        'src/emulator/fault.ts',
      ]),
    );
  });

  it('has only examples that compile in strict mode', () => {
    const isSpoilt = (problem: string) => spoilt.some(([name]) => problem.startsWith(`${name}:`));
    expect(problems.filter((problem) => !isSpoilt(problem))).toEqual([]);
  });
});

it('the comment of every option that may be left out says what then holds', () => {
  expect(withoutDefault).toEqual([]);
});

describe('an example that is wrong', () => {
  it.each(spoilt)('is told, with its place: %s', (name, _, part) => {
    const told = problems.filter((problem) => problem.startsWith(`${name}:5: TS`));
    expect(told.join('\n')).toContain(part);
  });
});
