/**
 * @module
 * A real Prometheus that scrapes quickly, and what it knows.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { freePort } from '../../../demo/ports.ts';
import { ProcessGroup } from '../../../demo/process-group.ts';
import { isUp, untilReady } from '../../../demo/readiness.ts';

/** Why tests with Prometheus are skipped; undefined if it is installed. */
export const noPrometheus: string | undefined =
  spawnSync('prometheus', ['--version']).error === undefined ? undefined : 'no prometheus';

/** One series of a range: its labels and its points, in seconds since the epoch. */
export interface RangeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [at: number, value: string])[];
}

export interface Exemplar {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: string;
}

export interface Prometheus extends AsyncDisposable {
  /** Seconds since the epoch, when it began. */
  readonly began: number;
  range(query: string, from: number, to: number): Promise<readonly RangeSeries[]>;
  exemplars(query: string): Promise<readonly Exemplar[]>;
  /** The value of each series at this moment. */
  values(query: string): Promise<readonly number[]>;
  /** The labels of the alerts that fire now. */
  firing(): Promise<readonly Readonly<Record<string, string>>[]>;
  /** Why rules or scrapes fail. */
  complaints(): Promise<readonly string[]>;
}

interface RuleGroup {
  readonly rules: readonly { readonly name: string; readonly state?: string; readonly lastError?: string }[];
}

/**
 * @param targets host:port, by instance
 * @param rules the text of a file of rules
 */
export async function startPrometheus(targets: Readonly<Record<string, string>>, rules: string): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), 'mintproc-prometheus-'));
  const group = new ProcessGroup(folder);
  const port = await freePort();
  writeFileSync(join(folder, 'rules.yaml'), rules);
  const jobs = Object.entries(targets).map(([instance, target]) => ({
    job_name: `mintproc-${instance}`,
    // The counts of a worker that does not answer are waited for: a second.
    scrape_interval: instance === 'workers' ? '2s' : '1s',
    scrape_timeout: instance === 'workers' ? '2s' : '1s',
    static_configs: [{ targets: [target], labels: { instance } }],
  }));
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    scrape_configs: jobs,
    rule_files: ['rules.yaml'],
  };
  writeFileSync(join(folder, 'prometheus.yaml'), stringify(config));
  const args = [
    '--config.file=prometheus.yaml',
    `--storage.tsdb.path=${join(folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--enable-feature=exemplar-storage',
    '--log.level=warn',
  ];
  const dispose = async (): Promise<void> => {
    await group[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  };
  async function get<T>(path: string, parameters: Readonly<Record<string, string>> = {}): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${port}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const body = (await response.json()) as { readonly status: string; readonly data: T; readonly error?: string };
    if (body.status !== 'success') throw new Error(`Prometheus refuses ${JSON.stringify(parameters)}: ${body.error}`);
    return body.data;
  }
  try {
    const server = await group.start({ name: 'prometheus', file: 'prometheus', args, cwd: folder });
    await untilReady(server, () => isUp(`http://127.0.0.1:${port}/-/ready`));
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    began: Date.now() / 1000,
    async range(query, from, to) {
      const { result } = await get<{ readonly result: readonly RangeSeries[] }>('query_range', {
        query,
        start: String(from),
        end: String(to),
        step: '1',
      });
      return result;
    },
    async exemplars(query) {
      const found = await get<readonly { readonly exemplars: readonly Exemplar[] }[]>('query_exemplars', {
        query,
        start: String(Date.now() / 1000 - 3600),
        end: String(Date.now() / 1000),
      });
      return found.flatMap(({ exemplars }) => exemplars);
    },
    async values(query) {
      const { result } = await get<{ readonly result: readonly { readonly value: readonly [number, string] }[] }>(
        'query',
        { query },
      );
      return result.map(({ value }) => Number(value[1]));
    },
    async firing() {
      interface Alert {
        readonly labels: Readonly<Record<string, string>>;
        readonly state: string;
      }
      const { alerts } = await get<{ readonly alerts: readonly Alert[] }>('alerts');
      return alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels);
    },
    async complaints() {
      const { groups } = await get<{ readonly groups: readonly RuleGroup[] }>('rules');
      return groups.flatMap(({ rules: each }) => each.flatMap((rule) => (rule.lastError ? [rule.lastError] : [])));
    },
    [Symbol.asyncDispose]: dispose,
  };
}
