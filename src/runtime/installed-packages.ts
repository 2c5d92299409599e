/**
 * @module
 * Packages that only some configurations need. They are not part of the built program, so an installation may lack them.
 */
import { createRequire } from 'node:module';
import type { Settings } from './configuration-schema.ts';

const require = createRequire(import.meta.url);

const packages = {
  native: [],
  'grpc-js': ['@grpc/grpc-js', '@grpc/proto-loader'],
} as const satisfies Record<Settings['transport'], readonly string[]>;

/** The packages of a transport that are not installed. */
export function missingPackages(transport: Settings['transport']): readonly string[] {
  return packages[transport].filter((name) => !isInstalled(name));
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name);
    return true;
  } catch {
    return false;
  }
}
