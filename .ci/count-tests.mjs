// Prints how many tests passed and failed in runs of vitest, each given as a name and the file of its JSON result; then
// one line for all of them together, `N passed, N failed`. Ends with 1 when anything failed or was skipped.
import { readFileSync } from 'node:fs';

function count(file) {
  let result;
  try {
    result = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  // A file that could not be loaded has failed with no test in it.
  const unloaded = result.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  const failed = result.numFailedTests + unloaded.length;
  return {
    passed: result.numPassedTests,
    failed: result.success ? failed : Math.max(failed, 1),
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

function show({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

const total = { passed: 0, failed: 0, skipped: 0 };
const [, , ...runs] = process.argv;
for (let index = 0; index < runs.length; index += 2) {
  const counts = count(runs[index + 1]);
  console.log(`${runs[index]}: ${show(counts)}`);
  for (const key of Object.keys(total)) total[key] += counts[key];
}
console.log(show(total));
process.exitCode = total.passed > 0 && total.failed === 0 && total.skipped === 0 ? 0 : 1;
