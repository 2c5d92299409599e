/**
 * @module
 * The files of a random gateway, in the forms in which people keep them.
 */
import { stringify } from 'yaml';
import type { ExportFile } from '../../../../src/dialects/exported.ts';
import type { Dice } from '../../../search/dice.ts';
import type { MadeGateway, MadeInstance, MadePolicy, Rule } from './made-gateway.ts';

const apiVersion = 'gateway.mulesoft.com/v1alpha1';

function policyConfig(dice: Dice, mark: string): object {
  const key = dice.chance(50) ? 'a-secret-of-thirty-two-characters' : { secretRef: 'signing' };
  return {
    customClaims: [{ name: 'mark', value: mark }],
    signingMethod: 'HS256',
    privateKey: key,
    exp: 60,
  };
}

function item(dice: Dice, { mark, rules }: MadePolicy): object {
  const name = dice.pick(['jwt-generation-flex', 'jwt-generation-flex-v1-0', 'jwt-generation']);
  return { policyRef: { name }, config: policyConfig(dice, mark), ...(rules === undefined ? {} : { rules }) };
}

function routesOf(dice: Dice, rules: readonly Rule[] | undefined): object {
  if (rules === undefined) return dice.pick([{}, { routes: [] }, { routes: [{ config: { destinationPath: '/' } }] }]);
  return dice.chance(50) ? { routes: [{ rules }] } : { routes: rules.map((rule) => ({ rules: [rule] })) };
}

function instanceResource(dice: Dice, instance: MadeInstance, policies: readonly MadePolicy[]): object {
  const { name, namespace, labels, port, basePath, services } = instance;
  const inside = (test: (bound: MadePolicy['bound']) => boolean) =>
    policies.filter(({ bound }) => bound.to !== 'nothing' && 'by' in bound && bound.by === 'inline' && test(bound));
  const own = inside((bound) => bound.to === 'instance' && bound.instance === instance).map((one) => item(dice, one));
  const inline = Object.entries(services).map(([service, rules]) => {
    const its = inside((bound) => bound.to === 'service' && bound.service === service).map((one) => item(dice, one));
    const list = its.length === 0 ? {} : { policies: dice.chance(50) ? its : { outbound: its } };
    return [service, { address: 'http://up:80', ...routesOf(dice, rules), ...list }];
  });
  return {
    apiVersion,
    kind: 'ApiInstance',
    metadata: {
      name,
      ...(namespace === 'default' ? {} : { namespace }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
    },
    spec: {
      address: `http://${dice.pick(['0.0.0.0', '127.0.0.1', '[::]'])}:${port}${basePath}${dice.chance(30) ? '/' : ''}`,
      ...(instance.isInline ? { services: Object.fromEntries(inline) } : {}),
      ...(own.length === 0 ? {} : { policies: dice.chance(70) ? own : { inbound: own } }),
    },
  };
}

function serviceResources({ name, namespace, services, isInline }: MadeInstance): readonly object[] {
  if (isInline) return [];
  return Object.entries(services).flatMap(([service, rules]) => [
    { apiVersion, kind: 'Service', metadata: { name: service, namespace }, spec: { address: 'http://up:80' } },
    {
      apiVersion,
      kind: 'PolicyBinding',
      metadata: { name: `route-${service}`, namespace },
      spec: {
        targetRef: { name },
        policyRef: { name: 'route', namespace: 'default' },
        config: { destinationRef: { name: service, namespace } },
        ...(rules === undefined ? {} : { rules }),
      },
    },
  ]);
}

function targetOf(dice: Dice, { bound }: MadePolicy): { readonly namespace: string; readonly targetRef: object } {
  switch (bound.to) {
    case 'instance': {
      const { name, namespace } = bound.instance;
      const kind = dice.chance(50) ? { kind: 'ApiInstance' } : {};
      return { namespace, targetRef: { name, ...kind, ...(dice.chance(30) ? { namespace } : {}) } };
    }
    case 'service': {
      const { name, namespace, isInline } = bound.instance;
      const service = isInline ? `${name}-${bound.service}` : bound.service;
      return { namespace, targetRef: { name: service, ...(dice.chance(50) ? { kind: 'Service' } : {}) } };
    }
    case 'labels': {
      const labels = Object.keys(bound.labels).length === 0 ? {} : { labels: bound.labels };
      return { namespace: 'default', targetRef: { kind: 'Selector', selector: { kind: 'ApiInstance', ...labels } } };
    }
    case 'nothing': {
      const targets = {
        'other name': { name: 'gone' },
        'other namespace': { name: 'api-0', namespace: 'gone' },
        'other labels': { kind: 'Selector', selector: { kind: 'ApiInstance', labels: { tier: 'none' } } },
        bare: {},
      };
      return { namespace: 'default', targetRef: targets[bound.how] };
    }
  }
}

function bindingResource(dice: Dice, policy: MadePolicy): object {
  const { bound, mark } = policy;
  if (bound.to === 'nothing' && bound.how === 'bare') return item(dice, policy);
  const { namespace, targetRef } = targetOf(dice, policy);
  return {
    apiVersion,
    kind: 'PolicyBinding',
    metadata: { name: `binding-${mark}`, namespace },
    spec: { targetRef, ...item(dice, policy), ...(dice.chance(20) ? { order: dice.roll(3) } : {}) },
  };
}

const neighbours = ['jwt-validation-flex', 'http-basic-authentication-flex', 'rate-limiting-flex', 'cors-flex'];

function neighbourResource(dice: Dice, { name, namespace }: MadeInstance): object {
  return {
    apiVersion,
    kind: 'PolicyBinding',
    metadata: { name: 'neighbour', namespace },
    spec: { targetRef: { name }, policyRef: { name: dice.pick(neighbours) }, config: {} },
  };
}

/** Resources in one file or several, as documents, as a `List`, or as JSON. */
export function filesOf(dice: Dice, { instances, policies }: MadeGateway): readonly ExportFile[] {
  const resources = [
    ...instances.map((one) => instanceResource(dice, one, policies)),
    ...instances.flatMap(serviceResources),
    ...policies
      .filter(({ bound }) => !('by' in bound) || bound.by === 'binding')
      .map((one) => bindingResource(dice, one)),
    ...(dice.chance(30) ? [neighbourResource(dice, dice.pick(instances))] : []),
  ];
  const groups = new Map<number, object[]>();
  for (const resource of resources) {
    const number = dice.roll(3);
    groups.set(number, [...(groups.get(number) ?? []), resource]);
  }
  return Array.from(groups, ([number, list]) => file(dice, number, list));
}

function file(dice: Dice, number: number, resources: readonly object[]): ExportFile {
  const form = dice.roll(4);
  const name = `conf/${number}.${form === 3 ? 'json' : 'yaml'}`;
  const text = textOf(form, resources);
  return { path: `/in/${name}`, name, text, bytes: Buffer.from(text) };
}

function textOf(form: number, resources: readonly object[]): string {
  if (form === 3) return JSON.stringify(resources, undefined, 2);
  if (form === 2) return stringify({ apiVersion: 'v1', kind: 'List', items: resources });
  return resources.map((resource) => `---\n${stringify(resource)}`).join('');
}
