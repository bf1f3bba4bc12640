import { type BodyTopic, bodyAdvice } from './advice/body.ts';
import { type ConnectionTopic, connectionAdvice } from './advice/connection.ts';
import { type GoodTopic, goodAdvice } from './advice/good.ts';
import { type HandlingTopic, handlingAdvice } from './advice/handling.ts';
import { type RefusedTopic, refusedAdvice } from './advice/refused.ts';
import type { AdviceTexts } from './advice/texts.ts';
import type { Framework } from './framework.ts';

const topics: Readonly<Record<AdviceTopic, AdviceTexts>> = {
  ...connectionAdvice,
  ...goodAdvice,
  ...refusedAdvice,
  ...bodyAdvice,
  ...handlingAdvice,
};

/** What a finding can be advised about. */
export type AdviceTopic = ConnectionTopic | GoodTopic | RefusedTopic | BodyTopic | HandlingTopic;

function chooseText({ general, express, ours }: AdviceTexts, framework: Framework): string {
  if (framework === 'other') return general;
  return (framework === 'express-whatsapp-gateway' ? ours : undefined) ?? express ?? general;
}

/** What to do, in words for the framework where there are such, with the webhook's own path in them. */
export function adviseOn(topic: AdviceTopic, framework: Framework, path: string): string {
  // A function, because a path may hold `$&`.
  return chooseText(topics[topic], framework).replaceAll('{path}', () => path);
}
