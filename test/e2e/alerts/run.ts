/**
 * @module
 * One run: all processes, all faults, and when each alert fired. Time passes sixty times as fast for the rules.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../../serving/sidecar.ts';
import { noFakeTime } from '../harness/fake-time.ts';
import { type Fault, faults, type World } from './faults.ts';
import { startInstances } from './instances.ts';
import { type Prometheus, startPrometheus } from './prometheus.ts';
import { scaledRules } from './scaled-rules.ts';
import { Traffic } from './traffic.ts';

/** A minute of the rules is a second of the run. */
export const factor = 60;

/** Seconds from a fault to its alert. */
export interface Fired {
  readonly alert: string;
  readonly what: string;
  readonly seconds: number | undefined;
}

/** A run in which all faults are made. */
export interface Run {
  readonly prometheus: Prometheus;
  /** The answers of Envoy, by status. */
  readonly statuses: ReadonlyMap<number, number>;
}

/** Seconds until a run gives up. */
const patience = 150;

/** Scrapes of each process before its faults: a counter that was never seen at 0 does not increase. */
const scrapesBefore = 4;

async function seenByPrometheus(prometheus: Prometheus, targets: number): Promise<void> {
  const query = `count(sum_over_time(up[1h]) >= ${scrapesBefore})`;
  await until(async () => (await prometheus.values(query))[0] === targets);
}

/** When alerts fired first. */
class Watch {
  readonly #prometheus: Prometheus;
  readonly #first: { readonly labels: Readonly<Record<string, string>>; readonly at: number }[] = [];
  #isOver = false;
  readonly #done: Promise<void>;

  constructor(prometheus: Prometheus) {
    this.#prometheus = prometheus;
    this.#done = this.#look();
  }

  /** Milliseconds since the epoch. */
  firedAt({ alert, on }: Pick<Fault, 'alert' | 'on'>): number | undefined {
    const instances: readonly string[] = typeof on === 'string' ? [on] : on;
    return this.#first.find(
      ({ labels: { alertname, instance } }) =>
        alertname === alert && (instance === undefined || instances.includes(instance)),
    )?.at;
  }

  async until(wanted: readonly Pick<Fault, 'alert' | 'on'>[], milliseconds: number): Promise<void> {
    const end = Date.now() + milliseconds;
    while (Date.now() < end && !wanted.every((fault) => this.firedAt(fault) !== undefined)) await delay(100);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#done;
  }

  async #look(): Promise<void> {
    const known = new Set<string>();
    while (!this.#isOver) {
      for (const labels of await this.#prometheus.firing()) {
        const key = JSON.stringify(labels);
        if (!known.has(key)) this.#first.push({ labels, at: Date.now() });
        known.add(key);
      }
      await delay(200);
    }
  }
}

const absent: Pick<Fault, 'alert' | 'on' | 'what'> = {
  alert: 'MintprocAbsent',
  on: [],
  what: 'all processes are killed',
};

/**
 * @param alerts those whose faults are made
 * @param meanwhile called when all faults but those of the end are made and have fired, with everything still running
 */
export async function runFaults(
  alerts: ReadonlySet<string>,
  meanwhile: (run: Run) => Promise<void>,
): Promise<readonly Fired[]> {
  const wanted = faults.filter(({ alert, on }) => alerts.has(alert) && (on !== 'moved' || noFakeTime === undefined));
  await using instances = await startInstances(new Set(wanted.flatMap(({ on }) => on)));
  await using prometheus = await startPrometheus(instances.targets, scaledRules(factor));
  const watch = new Watch(prometheus);
  const traffic = 'front' in instances.targets ? new Traffic(instances.front) : undefined;
  const world: World = {
    lone: instances.lone,
    vault: instances.vault,
    get traffic() {
      if (traffic === undefined) throw new Error('No fault of this run needs callers.');
      return traffic;
    },
  };
  const made = new Map<string, number>();

  async function make(phase: Fault['phase']): Promise<void> {
    const now = wanted.filter((fault) => fault.phase === phase);
    const making = now.map(async (fault) => {
      await delay((fault.after ?? 0) * 1000);
      made.set(fault.alert, Date.now());
      await fault.make(world);
      if (fault.isAwaited === true) made.set(fault.alert, Date.now());
    });
    await Promise.all(making);
  }

  const inPhase = (...phases: readonly Fault['phase'][]): Fault[] =>
    wanted.filter(({ phase }) => phases.includes(phase));

  try {
    const began = Date.now();
    const starting = make('start');
    await seenByPrometheus(prometheus, Object.keys(instances.targets).length);
    await Promise.all([starting, make('run')]);
    await watch.until(inPhase('start', 'run'), patience * 1000 - (Date.now() - began));
    await meanwhile({ prometheus, statuses: traffic?.statuses ?? new Map() });
    await make('end');
    await watch.until(inPhase('end'), 60_000);
    if (alerts.has(absent.alert)) {
      made.set(absent.alert, Date.now());
      instances.kill();
      await watch.until([absent], 60_000);
    }
  } finally {
    await traffic?.stop();
    await watch.stop();
  }
  return [...wanted, ...(alerts.has(absent.alert) ? [absent] : [])].map((fault) => {
    const at = watch.firedAt(fault);
    const seconds = at === undefined ? undefined : (at - (made.get(fault.alert) ?? 0)) / 1000;
    return { alert: fault.alert, what: fault.what, seconds };
  });
}
