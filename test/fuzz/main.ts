import { type FuzzArguments, readArguments } from './arguments.ts';
import { campaigns } from './campaigns/index.ts';
import { type CampaignResult, runCampaign } from './run-campaign.ts';
import { realSubject } from './subject.ts';

const SETTLE_MS = 10_000;
const MINUTE_MS = 60_000;
const KIB = 1_024;

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function describeGrowth({ growth }: CampaignResult): string {
  if (growth === undefined) return 'too short to measure memory';
  return `held memory ${(growth.bytes / KIB).toFixed(0)} KiB, ${growth.bytesPerRun.toFixed(1)} B a run`;
}

function report(name: string, result: CampaignResult): boolean {
  const { runs, tries, seconds, failure, growth } = result;
  const amount = tries === runs ? `${runs} runs` : `${runs} runs, ${tries} attacks`;
  say(`${name}: ${amount} in ${seconds.toFixed(1)} s (${describeGrowth(result)})`);
  if (failure !== undefined) {
    say(`FAILED ${name}: ${failure.reason}`);
    say(`  seed ${failure.seed}, path ${failure.path}`);
    say(`  counterexample, shrunk: ${failure.counterexample}`);
    say(`  again: npm run fuzz -- --campaign ${name} --seed ${failure.seed} --path "${failure.path}"`);
  }
  if (growth?.grows === true) say(`FAILED ${name}: memory grows.`);
  return failure === undefined && growth?.grows !== true;
}

async function main({ seed, minutes, campaign, path, tries }: FuzzArguments): Promise<boolean> {
  const chosen = campaigns.filter(({ name }) => campaign === undefined || name === campaign);
  const milliseconds = (minutes * MINUTE_MS) / chosen.length;
  say(`seed ${seed}, ${minutes} minutes, Node ${process.version}`);
  let good = true;
  for (const each of chosen) {
    const setting = { subject: realSubject, settleMs: SETTLE_MS };
    const budget = { seed, milliseconds, path, tries, memory: true };
    good = report(each.name, await runCampaign(each, setting, budget)) && good;
  }
  return good;
}

function readCommandLine(): FuzzArguments {
  try {
    return readArguments(
      process.argv.slice(2),
      campaigns.map(({ name }) => name),
    );
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    say('npm run fuzz -- [--minutes N] [--seed N] [--campaign NAME [--tries N] [--path P]]');
    process.exit(2);
  }
}

try {
  process.exitCode = (await main(readCommandLine())) ? 0 : 1;
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
}
