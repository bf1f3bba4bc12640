import { bodyAdvice } from './advice/body.ts';
import { connectionAdvice } from './advice/connection.ts';
import { goodAdvice } from './advice/good.ts';
import { handlingAdvice } from './advice/handling.ts';
import { refusedAdvice } from './advice/refused.ts';
import type { AdviceTexts } from './advice/texts.ts';
import type { Framework } from './framework.ts';

const topics = {
  ...connectionAdvice,
  ...goodAdvice,
  ...refusedAdvice,
  ...bodyAdvice,
  ...handlingAdvice,
} as const satisfies Record<string, AdviceTexts>;

/** What a finding can be advised about. */
export type AdviceTopic = keyof typeof topics;

/** What to do, in words for the framework where there are such, with the webhook's own path in them. */
export function adviseOn(topic: AdviceTopic, framework: Framework, path: string): string {
  const { general, express, ours }: AdviceTexts = topics[topic];
  const text =
    framework === 'other'
      ? general
      : framework === 'express'
        ? (express ?? general)
        : (ours ?? express ?? general);
  // A function, because a path may hold `$&`.
  return text.replaceAll('{path}', () => path);
}
