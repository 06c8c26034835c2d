import { randomBytes } from 'crypto';
import { createServer, type Server } from 'http';
import type { AddressInfo } from 'net';
import { PlantedSecret, type Texts } from './leaks';
import { archive } from '../charts/archive';

/** A chart that puts a value into a Secret, or fails and quotes it in the ways that templates have. */
const CHART = {
  'Chart.yaml': 'apiVersion: v2\nname: planted\nversion: 1.0.0\n',
  'templates/secret.yaml': `{{ if .Values.fails }}{{ fail (printf "the word is %s, %q, %s, %s, %s" .Values.pwd .Values.pwd (toJson .Values) (toJson .Values | quote) (toYaml .Values)) }}{{ end }}
apiVersion: v1
kind: Secret
metadata: { name: planted-by-a-chart }
stringData: { word: {{ toJson .Values.pwd }} }
`,
};

/** A request with a secret in it, and how it must end: otherwise nobody had a reason to say the secret. */
interface Planting {
  readonly secret: PlantedSecret;
  readonly type: string;
  readonly properties: { readonly [name: string]: string };
  readonly status: 'SUCCESS' | 'FAILED';
  readonly reason: RegExp;
}

/** What was planted. */
export interface PlantedSecrets {
  readonly secrets: PlantedSecret[];
  /** What CloudFormation would be answered. */
  readonly answers: Texts;
  /** Takes all away again. */
  remove(): Promise<void>;
}

/**
 * Gives secrets to the function that serves charts and manifests, as a user's stack would: two that are served, and two that are refused with words that quote them.
 *
 * @param invoke asks the function, and waits until it has answered
 */
export async function plantSecrets(clusterName: string, invoke: (event: object) => Promise<unknown>): Promise<PlantedSecrets> {
  const { server, url, answers } = await serveChart();
  const all = plantings(url);
  const ask = (RequestType: string, { type, properties }: Planting, index: number, PhysicalResourceId?: string) => invoke({
    RequestType,
    ResponseURL: `${url}/answer-${RequestType}-${index}`,
    StackId: 'arn:aws:cloudformation:us-east-1:111122223333:stack/Planted/1',
    RequestId: `planted-${RequestType}-${index}`,
    ResourceType: type,
    LogicalResourceId: `Planted${index}`,
    PhysicalResourceId,
    ResourceProperties: { ClusterName: clusterName, ...properties },
  });
  const answerTo = (RequestType: string, index: number): any => JSON.parse(answers[`answer-${RequestType}-${index}`] ?? '{}');
  for (const [index, planting] of all.entries()) {
    await ask('Create', planting, index);
    const { Status, Reason } = answerTo('Create', index);
    if (Status !== planting.status || !planting.reason.test(Reason)) {
      server.close();
      throw new Error(`${planting.secret.name} must end as ${planting.status}, with ${planting.reason}, got: ${Status}, with a reason of ${Reason?.length} characters`);
    }
  }
  const remove = async () => {
    for (const [index, planting] of [...all.entries()].reverse()) {
      await ask('Delete', planting, index, answerTo('Create', index).PhysicalResourceId);
    }
    server.close();
  };
  return { secrets: all.map(it => it.secret), answers, remove };
}

function plantings(repository: string): Planting[] {
  const [served, refused, value, quoted] = ['a manifest\'s Secret', 'a refused Secret', 'a chart\'s value', 'a value that Helm quotes']
    .map(name => new PlantedSecret(name, randomBytes(12).toString('hex')));
  const secret = (name: string, { value: word }: PlantedSecret, labels: object = {}) => JSON.stringify([
    { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: 'default', labels }, stringData: { word } },
  ]);
  const manifest = { type: 'Custom::AWSCDK-EKS-KubernetesResource' };
  const chart = { type: 'Custom::AWSCDK-EKS-HelmChart' };
  const release = (Release: string, values: object) =>
    ({ Release, Chart: 'planted', Version: '1.0.0', Repository: repository, Namespace: 'default', Values: JSON.stringify(values) });
  return [
    { ...manifest, secret: served, properties: { Manifest: secret('planted', served) }, status: 'SUCCESS', reason: /1 applied/ },
    {
      ...manifest,
      secret: refused,
      properties: { Manifest: secret('planted-refused', refused, { word: refused.value }) },
      status: 'FAILED',
      reason: /"planted-refused" is invalid: metadata\.labels: Invalid value: .*a valid label must/s,
    },
    { ...chart, secret: value, properties: release('planted', { pwd: value.value }), status: 'SUCCESS', reason: /default\/planted is deployed/ },
    {
      ...chart,
      secret: quoted,
      properties: release('planted-quoted', { pwd: quoted.value, fails: true }),
      status: 'FAILED',
      reason: /^helm upgrade default\/planted-quoted failed: .*planted\/templates\/secret\.yaml.*the word is /s,
    },
  ];
}

/** Serves the chart, and takes the answers. */
async function serveChart(): Promise<{ server: Server; url: string; answers: { [name: string]: string } }> {
  const answers: { [name: string]: string } = {};
  const packed = archive(Object.entries(CHART).map(([file, content]) => ({ path: `planted/${file}`, content: Buffer.from(content) })));
  const index = JSON.stringify({ apiVersion: 'v1', entries: { planted: [{ apiVersion: 'v2', name: 'planted', version: '1.0.0', urls: ['planted-1.0.0.tgz'] }] } });
  const server = createServer(async (request, response) => {
    if (request.method === 'PUT') {
      answers[request.url!.slice(1)] = (await request.toArray()).join('');
    }
    response.end(request.url === '/index.yaml' ? index : request.url === '/planted-1.0.0.tgz' ? packed : '');
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, answers };
}
