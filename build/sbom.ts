/**
 * @module
 * `npm run sbom -- FILE`: the components of the package and the image, in CycloneDX 1.5. npm lists the packages of the
 * lock file; this keeps those of production and those whose code is part of the bundle in `dist`, although they are
 * installed only for the build. The same commit gives the same bytes (docs/decisions/0096).
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { bundleProgram, root } from './program.ts';

interface Property {
  readonly name: string;
  readonly value: string;
}

interface Component {
  readonly 'bom-ref': string;
  readonly properties: readonly Property[];
  readonly [member: string]: unknown;
}

interface Bom {
  readonly metadata: { readonly component: Component; readonly [member: string]: unknown };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
  readonly [member: string]: unknown;
}

/** Of a package that only developers install, and of one that npm does not publish. */
const unwanted = ['cdx:npm:package:development', 'cdx:npm:package:private'];

/** @param bundled `name@version` @param time when the release was made, if known */
export function shippedComponents(all: Bom, bundled: ReadonlySet<string>, time: Date | undefined): object {
  const isShipped = ({ 'bom-ref': ref, properties }: Component): boolean =>
    bundled.has(ref) || !properties.some(({ name }) => name === 'cdx:npm:package:development');
  const components = all.components.filter(isShipped).map((component) => {
    const ref = component['bom-ref'];
    const properties = component.properties.filter(({ name }) => !unwanted.includes(name));
    if (bundled.has(ref)) properties.push({ name: 'mintproc:bundled', value: 'dist' });
    return { ...component, name: ref.slice(0, ref.lastIndexOf('@')), scope: 'required', properties };
  });
  const { component, tools } = all.metadata;
  const main = component['bom-ref'];
  const refs = new Set([main, ...components.map((one) => one['bom-ref'])]);
  const content = {
    metadata: {
      ...(time === undefined ? {} : { timestamp: time.toISOString() }),
      lifecycles: [{ phase: 'build' }],
      tools,
      component: {
        ...component,
        type: 'application',
        name: main.slice(0, main.lastIndexOf('@')),
        properties: component.properties.filter(({ name }) => !unwanted.includes(name)),
      },
    },
    components,
    dependencies: all.dependencies
      .filter(({ ref }) => refs.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) })),
  };
  const { $schema, bomFormat, specVersion } = all;
  return { $schema, bomFormat, specVersion, serialNumber: `urn:uuid:${uuidOf(content)}`, version: 1, ...content };
}

/** By what it names (version 8 of RFC 9562): the same components have the same number. */
function uuidOf(content: object): string {
  const digits = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const variant = '89ab'[Number.parseInt(digits[16] ?? '0', 16) % 4];
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}

/** The text of the file. @param epoch seconds, such as `SOURCE_DATE_EPOCH`; without it, the list has no time @throws Error if it is no number */
export async function billOfMaterials(epoch: string | undefined): Promise<string> {
  if (epoch !== undefined && !/^\d{1,11}$/.test(epoch)) {
    throw new Error(`SOURCE_DATE_EPOCH is \`${epoch}\`, and must be whole seconds since 1970.`);
  }
  const packages = await bundleProgram({ write: false });
  const bundled = packages.map(({ name, version }) => `${name}@${version}`);
  const line = ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'];
  const all: Bom = JSON.parse(execFileSync('npm', line, { cwd: root, encoding: 'utf8' }));
  const time = epoch === undefined ? undefined : new Date(Number(epoch) * 1_000);
  return `${JSON.stringify(shippedComponents(all, new Set(bundled), time), undefined, 2)}\n`;
}

if (import.meta.main) {
  const [file, ...more] = process.argv.slice(2);
  if (file === undefined || more.length > 0) {
    process.stderr.write('Usage: npm run sbom -- FILE\n');
    process.exitCode = 1;
  } else writeFileSync(file, await billOfMaterials(process.env['SOURCE_DATE_EPOCH']));
}
