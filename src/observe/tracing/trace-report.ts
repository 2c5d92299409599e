/**
 * @module
 * Says at the start whether requests are traced, and which variables of OpenTelemetry are not as they were meant. The
 * process that was started says it once, whatever the number of workers.
 */
import type { Log } from '../log.ts';
import { samplingText } from './sampling.ts';
import { type ConfiguredTracing, type Environment, readTracing } from './trace-settings.ts';

export function reportTracing(configured: ConfiguredTracing | undefined, environment: Environment, log: Log): void {
  const { settings, problems } = readTracing(configured, environment);
  for (const { variable, reason, suggestion } of problems) {
    log.warn('A variable of OpenTelemetry is not used as it was meant.', { variable, reason, suggestion });
  }
  if (settings === undefined) return;
  const { url, sampling, origin } = settings;
  log.info('Requests are traced.', {
    address: new URL(url).host,
    reason: origin === 'configuration' ? '`tracing` in the configuration.' : 'Variables of OpenTelemetry.',
    sampling: samplingText(sampling),
  });
}
