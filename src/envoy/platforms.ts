/**
 * @module
 * The table of platforms for which the Envoy part of a configuration can be written.
 */
import { envoyPlatform } from './envoy.ts';
import { envoyGatewayPlatform } from './envoy-gateway.ts';
import { istioPlatform } from './istio.ts';
import { kgatewayPlatform } from './kgateway.ts';
import type { Platform } from './platform.ts';

export type PlatformName = 'envoy' | 'istio' | 'envoy-gateway' | 'kgateway';

export const platforms: Readonly<Record<PlatformName, Platform>> = {
  envoy: envoyPlatform,
  istio: istioPlatform,
  'envoy-gateway': envoyGatewayPlatform,
  kgateway: kgatewayPlatform,
};
