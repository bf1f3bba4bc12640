/**
 * The chaos run. Ends with 0 where every number is right, with 1 where one is off, and with 2 where the run itself could
 * not be made.
 */
import { type ChaosOptions, readOptions, USAGE } from './options.ts';
import { proveSabotages } from './prove.ts';
import { runChaos } from './run.ts';
import { describeFaults, renderTable } from './table.ts';

const OFF = 1;
const NOT_RUN = 2;

function say(line: string): void {
  console.log(`  ${line}`);
}

async function runOnce(options: ChaosOptions): Promise<boolean> {
  const { events, kills, redisRestarts, seed, sabotage } = options;
  const what =
    sabotage === undefined ? `${kills} kills, ${redisRestarts} Redis restarts` : `sabotage ${sabotage}`;
  say(`${events} events, ${what}, seed ${seed}`);
  const result = await runChaos(options, say);
  console.log(renderTable(result));
  const names = describeFaults(result.faults);
  say(names.length === 0 ? 'Every number is right.' : `Off: ${names.join('; ')}.`);
  return names.length === 0;
}

try {
  const { prove, ...options } = readOptions(process.argv.slice(2));
  const isRight = prove ? await proveSabotages(options, say) : await runOnce(options);
  process.exit(isRight ? 0 : OFF);
} catch (error) {
  console.error(error instanceof TypeError ? `${error.message}\n\n${USAGE}` : error);
  process.exit(NOT_RUN);
}
