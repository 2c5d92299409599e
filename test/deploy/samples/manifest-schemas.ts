/**
 * @module
 * What the API servers would say of manifests: the schemas of Kubernetes' own kinds (PyPI's kubernetes-validate), of
 * Istio's (the CRDs in the Go module istio.io/api) and of Envoy Gateway's (those of its chart, in its Go module). A
 * field that no schema has is refused, as `kubectl apply` refuses it.
 */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJson } from '../../e2e/harness/python-tools.ts';

const packages: readonly string[] = ['kubernetes-validate==1.37.0'];
export const istioModule = 'istio.io/api@v1.31.4';
const istioDefinitions = 'kubernetes/customresourcedefinitions.gen.yaml';
const gatewayModule = 'github.com/envoyproxy/gateway@v1.9.1';
const prometheusModule = 'github.com/prometheus-operator/prometheus-operator@v0.85.0';
const gatewayChart = 'charts/gateway-crds-helm/templates';
const gatewayDefinitions = [
  'standard-gatewayapi-crds.yaml',
  ...[
    'backends',
    'clienttrafficpolicies',
    'envoyextensionpolicies',
    'envoypatchpolicies',
    'envoyproxies',
    'securitypolicies',
  ].map((kind) => `generated/gateway.envoyproxy.io_${kind}.yaml`),
];

/** The file with Istio's definitions; undefined without Go, which fetches it. */
export function istioCrds(): readonly string[] | undefined {
  return definitionsIn(istioModule, [istioDefinitions]);
}

/** The files with the definitions of Envoy Gateway and of the Gateway API; undefined without Go. */
export function envoyGatewayCrds(): readonly string[] | undefined {
  return definitionsIn(
    gatewayModule,
    gatewayDefinitions.map((file) => `${gatewayChart}/${file}`),
  );
}

/** The definitions of the operator of Prometheus that are used here; undefined without Go. */
export function prometheusCrds(): readonly string[] | undefined {
  return definitionsIn(
    prometheusModule,
    ['podmonitors', 'prometheusrules'].map(
      (kind) => `example/prometheus-operator-crd/monitoring.coreos.com_${kind}.yaml`,
    ),
  );
}

/** The file with the definitions of kgateway that are used here; it says where they are from. */
export const kgatewayCrds: readonly string[] = [join(import.meta.dirname, 'kgateway-crds.yaml')];

function definitionsIn(module: string, files: readonly string[]): readonly string[] | undefined {
  const folder = goModule(module);
  return folder === undefined ? undefined : files.map((file) => join(folder, file));
}

/** The folder of a Go module; undefined without Go, which fetches it. */
export function goModule(module: string): string | undefined {
  const go = spawnSync('go', ['mod', 'download', '-json', module], { cwd: tmpdir(), encoding: 'utf8' });
  if (go.error !== undefined) return undefined;
  if (go.status !== 0) throw new Error(`go mod download ${module} failed: ${go.stdout}${go.stderr}`);
  const { Dir: folder }: { Dir: string } = JSON.parse(go.stdout);
  return folder;
}

const script = `
import jsonschema, kubernetes_validate, re, yaml

def closed(schema):
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(value) for key, value in schema.items()}
    if isinstance(made.get('properties'), dict) and not made.get('x-kubernetes-preserve-unknown-fields'):
        made.setdefault('additionalProperties', False)
    return made

schemas = {}
for file in given['crds']:
    # A chart has conditions of its templates around the definitions.
    text = re.sub(r'^\\{\\{.*$', '', open(file).read(), flags=re.M)
    for crd in yaml.load_all(text, Loader=getattr(yaml, 'CSafeLoader', yaml.SafeLoader)):
        if not crd or crd['kind'] != 'CustomResourceDefinition':
            continue
        for version in crd['spec']['versions']:
            name = crd['spec']['group'] + '/' + version['name'] + ' ' + crd['spec']['names']['kind']
            schema = version['schema']['openAPIV3Schema']
            schema['properties'].update({'apiVersion': {}, 'kind': {}, 'metadata': {}})
            schemas[name] = schema

validators = {}

def validator(name):
    if name not in validators:
        validators[name] = jsonschema.Draft7Validator(closed(schemas[name]))
    return validators[name]

def fault(manifest):
    name = manifest['apiVersion'] + ' ' + manifest['kind']
    try:
        if name in schemas or '.istio.io/' in name or 'gateway.' in name:
            validator(name).validate(manifest)
        else:
            kubernetes_validate.validate(manifest, '1.37', strict=True)
    except KeyError:
        return 'no schema'
    except Exception as error:
        return str(error).split('\\n')[0]
    return None

print(json.dumps([fault(manifest) for manifest in given['manifests']]))`;

/** What is wrong with each manifest; null where nothing is. */
export async function faultsIn(
  manifests: readonly unknown[],
  crds: readonly string[] = [],
): Promise<readonly (string | null)[]> {
  return (await runJson(script, { manifests, crds }, packages)) as (string | null)[];
}
