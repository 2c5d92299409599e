/**
 * @module
 * `npm run alerts`: makes the fault of each alert in real processes that a real Prometheus scrapes, asks for each panel
 * of the dashboard, and prints how long each alert took. `--picture FILE` draws the dashboard.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { alertNames } from '../../deploy/dashboard/rules.ts';
import { dashboardData } from './dashboard-data.ts';
import { draw, type Picture } from './draw.ts';
import { unprovoked } from './faults.ts';
import { factor, runFaults } from './run.ts';

const { values: given } = parseArgs({ options: { picture: { type: 'string' }, data: { type: 'string' } } });

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

let picture: Picture | undefined;
let isRight = true;

function wrong(line: string): void {
  say(`WRONG: ${line}`);
  isRight = false;
}

const fired = await runFaults(new Set(alertNames), async ({ prometheus, statuses }) => {
  say(`Answers of Envoy: ${JSON.stringify(Object.fromEntries(statuses))}`);
  for (const complaint of await prometheus.complaints()) wrong(`a rule fails: ${complaint}`);
  const data = await dashboardData(prometheus, prometheus.began);
  for (const query of data.empty) wrong(`no data: ${query}`);
  const exemplars = await prometheus.exemplars('mintproc_request_seconds_bucket');
  if (exemplars.length === 0) wrong('Prometheus has no exemplar');
  const byPolicy = await prometheus.values('sum by (policy) (mintproc_policy_request_seconds_count)');
  if (byPolicy.length === 0) wrong('the duration by policy has no data');
  say(`Exemplars that Prometheus has: ${exemplars.length}`);
  picture = data.picture;
});
say(`Rules with time ${factor} times as fast; seconds from the fault to the alert:`);
for (const { alert, seconds, what } of fired) {
  say(`${alert.padEnd(28)} ${seconds === undefined ? 'never' : seconds.toFixed(1)} | ${what}`);
  if (seconds === undefined) wrong(`${alert} did not fire`);
}
const left = alertNames.filter((alert) => !fired.some((each) => each.alert === alert));
say(`Not provoked: ${left.join(', ')}`);
for (const alert of left) if (!unprovoked.includes(alert)) wrong(`${alert} has no fault`);
if (given.data !== undefined) writeFileSync(given.data, JSON.stringify(picture));
if (given.picture !== undefined && picture !== undefined) writeFileSync(given.picture, draw(picture));
process.exitCode = isRight ? 0 : 1;
