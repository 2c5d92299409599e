/**
 * @module
 * What the API servers would say of manifests: the schemas of Kubernetes' own kinds (PyPI's kubernetes-validate) and of
 * Istio's (the CRDs in the Go module istio.io/api). A field that no schema has is refused, as `kubectl apply` refuses
 * it.
 */
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJson } from '../../e2e/harness/python-tools.ts';

const packages: readonly string[] = ['kubernetes-validate==1.37.0'];
const istioModule = 'istio.io/api@v1.31.4';
const istioDefinitions = ['kubernetes', 'customresourcedefinitions.gen.yaml'];

/** The file with Istio's definitions; undefined without Go, which fetches it. */
export function istioCrds(): string | undefined {
  const go = spawnSync('go', ['mod', 'download', '-json', istioModule], { cwd: tmpdir(), encoding: 'utf8' });
  if (go.error !== undefined) return undefined;
  if (go.status !== 0) throw new Error(`go mod download ${istioModule} failed: ${go.stdout}${go.stderr}`);
  const { Dir: folder }: { Dir: string } = JSON.parse(go.stdout);
  return join(folder, ...istioDefinitions);
}

const script = `
import jsonschema, kubernetes_validate, yaml

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
if given['crds']:
    for crd in yaml.load_all(open(given['crds']), Loader=getattr(yaml, 'CSafeLoader', yaml.SafeLoader)):
        if not crd:
            continue
        for version in crd['spec']['versions']:
            name = crd['spec']['group'] + '/' + version['name'] + ' ' + crd['spec']['names']['kind']
            schema = version['schema']['openAPIV3Schema']
            schema['properties'].update({'apiVersion': {}, 'kind': {}, 'metadata': {}})
            schemas[name] = schema

def fault(manifest):
    name = manifest['apiVersion'] + ' ' + manifest['kind']
    try:
        if '.istio.io/' in name:
            jsonschema.Draft7Validator(closed(schemas[name])).validate(manifest)
        else:
            kubernetes_validate.validate(manifest, '1.37', strict=True)
    except KeyError:
        return 'no schema'
    except Exception as error:
        return str(error).split('\\n')[0]
    return None

print(json.dumps([fault(manifest) for manifest in given['manifests']]))`;

/** What is wrong with each manifest; null where nothing is. */
export async function faultsIn(manifests: readonly unknown[], crds?: string): Promise<readonly (string | null)[]> {
  return (await runJson(script, { manifests, crds: crds ?? null }, packages)) as (string | null)[];
}
