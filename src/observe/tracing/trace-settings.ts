/**
 * @module
 * Whether and how requests are traced: by `tracing` in the configuration, else by the standard variables of
 * OpenTelemetry (opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables). Variables that nothing here
 * names are read by OpenTelemetry's SDK itself: headers, certificates, compression, attributes of the resource.
 */
import { type Sampling, samplings } from './sampling.ts';

/** `tracing` in the configuration. */
export interface ConfiguredTracing {
  readonly otlp: string;
  readonly sample: 'parent' | number;
  readonly perSecond: number;
}

export interface TraceSettings {
  /** The URL that spans are sent to, as OTLP in protobuf over HTTP. */
  readonly url: string;
  readonly sampling: Sampling;
  /** Maximum number of requests a second that get spans. */
  readonly perSecond: number;
  readonly origin: 'configuration' | 'environment';
}

/** What is wrong with a variable. It contains no value of a variable. */
export interface VariableProblem {
  readonly variable: string;
  readonly reason: string;
  readonly suggestion: string;
}

export interface ReadTracing {
  /** Undefined if requests are not traced. */
  readonly settings: TraceSettings | undefined;
  readonly problems: readonly VariableProblem[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** For each process that serves. */
export const defaultPerSecond = 200;

const tracesPath = '/v1/traces';

/** OTLP specification, section "OTLP/HTTP Default Port". */
const defaultEndpoint = 'http://localhost:4318';

export function readTracing(configured: ConfiguredTracing | undefined, environment: Environment): ReadTracing {
  const reader = new VariableReader(environment);
  const settings = configured === undefined ? ofEnvironment(reader) : ofConfiguration(configured, reader);
  if (settings !== undefined) reader.reportIgnored();
  if (settings?.origin === 'environment') reader.reportUnusedRatio();
  reader.reportUnknown();
  return { settings, problems: reader.problems };
}

/** The URL of a collector: a path of its own is kept, as in `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`. */
function tracesUrl(otlp: string): string {
  const url = new URL(otlp);
  if (url.pathname === '/') url.pathname = tracesPath;
  return url.href;
}

function ofConfiguration(
  { otlp, sample, perSecond }: ConfiguredTracing,
  reader: VariableReader,
): TraceSettings | undefined {
  if (reader.isDisabled()) {
    reader.report('OTEL_SDK_DISABLED', 'It switches off the `tracing` of the configuration.', 'Remove the variable.');
    return undefined;
  }
  const sampling: Sampling =
    sample === 'parent' ? samplings.parentbased_always_off : { followsParent: true, ratio: sample };
  return { url: tracesUrl(otlp), sampling, perSecond, origin: 'configuration' };
}

function ofEnvironment(reader: VariableReader): TraceSettings | undefined {
  if (reader.isDisabled() || !reader.isWanted() || !reader.speaksProtobuf()) return undefined;
  const url = reader.url();
  const sampling = reader.sampling();
  if (url === undefined || sampling === undefined) return undefined;
  return { url, sampling, perSecond: defaultPerSecond, origin: 'environment' };
}

const exporter = 'OTEL_TRACES_EXPORTER';
const sampler = 'OTEL_TRACES_SAMPLER';
const samplerArgument = 'OTEL_TRACES_SAMPLER_ARG';
const protocols = ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'OTEL_EXPORTER_OTLP_PROTOCOL'] as const;
const ownEndpoint = 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT';
const endpoint = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** Standard variables that have no effect here, and what has. */
const ignored: readonly (readonly [form: RegExp, suggestion: string])[] = [
  [/^OTEL_BSP_/, 'Bound the spans with `perSecond` in `tracing`.'],
  [/^OTEL_EXPORTER_OTLP_(?:TRACES_)?TIMEOUT$/, 'Remove the variable: an export takes at most 5 seconds.'],
  [/^OTEL_(?:SPAN|EVENT|LINK|ATTRIBUTE)_.*LIMIT$/, 'Remove the variable: a span has few attributes, and short ones.'],
];

/** Samplers of which `OTEL_TRACES_SAMPLER_ARG` is the fraction. */
const ratioSamplers: readonly string[] = ['traceidratio', 'parentbased_traceidratio'];

/** The names that the standard has for exporters and samplers. Another one is a slip, and is read by nobody. */
const standard =
  /^OTEL_(?:TRACES_(?:EXPORTER|SAMPLER|SAMPLER_ARG)|EXPORTER_OTLP_(?:(?:TRACES|METRICS|LOGS|PROFILES)_)?(?:ENDPOINT|HEADERS|TIMEOUT|PROTOCOL|COMPRESSION|INSECURE|CERTIFICATE|CLIENT_KEY|CLIENT_CERTIFICATE)|EXPORTER_OTLP_METRICS_(?:TEMPORALITY_PREFERENCE|DEFAULT_HISTOGRAM_AGGREGATION))$/;

const headers = /^OTEL_EXPORTER_OTLP_(?:TRACES_)?HEADERS$/;

class VariableReader {
  readonly #environment: Environment;
  readonly problems: VariableProblem[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** The specification reads an empty value as if the variable were not set. */
  #value(name: string): string | undefined {
    const value = this.#environment[name]?.trim();
    return value === '' ? undefined : value;
  }

  report(variable: string, reason: string, suggestion: string): undefined {
    this.problems.push({ variable, reason, suggestion });
  }

  isDisabled(): boolean {
    return this.#value('OTEL_SDK_DISABLED')?.toLowerCase() === 'true';
  }

  /** Whether the environment asks for traces. The specification's default would trace everywhere, to localhost. */
  isWanted(): boolean {
    const names = this.#value(exporter)
      ?.split(',')
      .map((name) => name.trim());
    if (names === undefined) return this.#value(ownEndpoint) !== undefined || this.#value(endpoint) !== undefined;
    if (names.every((name) => name === 'none')) return false;
    if (names.length === 1 && names[0] === 'otlp') return true;
    this.report(exporter, 'Only otlp is supported, so nothing is traced.', 'Write `otlp`, or `none`.');
    return false;
  }

  speaksProtobuf(): boolean {
    const variable = protocols.find((name) => this.#value(name) !== undefined);
    if (variable === undefined || this.#value(variable) === 'http/protobuf') return true;
    this.report(
      variable,
      'Only http/protobuf is supported, so nothing is traced.',
      'Write `http/protobuf`, and the endpoint of a receiver for it, usually at port 4318.',
    );
    return false;
  }

  url(): string | undefined {
    const own = this.#value(ownEndpoint);
    if (own !== undefined) return this.#parsed(ownEndpoint, own)?.href;
    const base = this.#parsed(endpoint, this.#value(endpoint) ?? defaultEndpoint);
    if (base === undefined) return undefined;
    base.pathname = `${base.pathname.replace(/\/$/, '')}${tracesPath}`;
    return base.href;
  }

  #parsed(variable: string, value: string): URL | undefined {
    const url = URL.parse(value);
    if (url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url;
    return this.report(
      variable,
      'It is not an http or https URL without user and password, so nothing is traced.',
      'Write for example `http://localhost:4318`. Credentials belong in `OTEL_EXPORTER_OTLP_HEADERS`.',
    );
  }

  sampling(): Sampling | undefined {
    const name = this.#value(sampler) ?? 'parentbased_always_on';
    if (Object.hasOwn(samplings, name)) return samplings[name as keyof typeof samplings];
    if (ratioSamplers.includes(name)) {
      const ratio = this.#ratio();
      return ratio === undefined ? undefined : { followsParent: name !== 'traceidratio', ratio };
    }
    return this.report(
      sampler,
      'This sampler is not supported, so nothing is traced.',
      `Write one of ${[...Object.keys(samplings), ...ratioSamplers].join(', ')}.`,
    );
  }

  #ratio(): number | undefined {
    const text = this.#value(samplerArgument) ?? '1';
    const ratio = Number(text);
    if (ratio >= 0 && ratio <= 1) return ratio;
    return this.report(samplerArgument, 'It is not a number from 0 to 1, so nothing is traced.', 'Write `0.01`.');
  }

  /** Reports the variables that somebody set and that have no effect. */
  reportIgnored(): void {
    for (const name of Object.keys(this.#environment).sort()) {
      const [, suggestion] = ignored.find(([form]) => form.test(name)) ?? [];
      if (suggestion !== undefined && this.#value(name) !== undefined) {
        this.report(name, 'The variable has no effect.', suggestion);
      }
    }
    this.#reportHeaders();
    const propagators = this.#value('OTEL_PROPAGATORS');
    if (propagators !== undefined && !propagators.split(',').some((name) => name.trim() === 'tracecontext')) {
      this.report(
        'OTEL_PROPAGATORS',
        'Only tracecontext is supported: the context is read from `traceparent`.',
        'Let Envoy and the callers send `traceparent`, and add `tracecontext`.',
      );
    }
  }

  #reportHeaders(): void {
    for (const name of Object.keys(this.#environment).sort()) {
      const entries = headers.test(name) ? (this.#value(name)?.split(',') ?? []) : [];
      if (entries.every((entry) => entry.trim() === '' || /^[^=]*[^=\s][^=]*=/.test(entry))) continue;
      this.report(
        name,
        'An entry has no name, or no `=`, so it is not sent to the receiver.',
        'Write `name=value`, and a comma between two of them. Write a comma or a space in a value as %2C or %20.',
      );
    }
  }

  reportUnusedRatio(): void {
    if (this.#value(samplerArgument) === undefined || ratioSamplers.includes(this.#value(sampler) ?? '')) return;
    this.report(
      samplerArgument,
      'It has no effect with this sampler: all requests are traced, or none, or as their callers say.',
      'Set `OTEL_TRACES_SAMPLER` to `parentbased_traceidratio`.',
    );
  }

  /** Reports names that look like those of the standard. Somebody who misspells the endpoint waits for traces. */
  reportUnknown(): void {
    for (const name of Object.keys(this.#environment).sort()) {
      if (!/^OTEL_(?:EXPORTER_OTLP|TRACES)_/.test(name) || standard.test(name)) continue;
      this.report(name, 'OpenTelemetry has no variable with this name.', 'Correct the name, or remove the variable.');
    }
  }
}
