import { admissionObjects, create, enforce, verdict } from './admission';
import { ApiServer, describeWithApiServer } from './api-server';
import { expectedAt, FIXTURES, type Fixture } from './fixtures';
import { ruleParameters } from '../../src/rules/ingress-rules';

/** Fixtures by their parameters, with a policy for each group. */
const GROUPS = [...new Set(FIXTURES.filter(takesParameters).map(fixture => JSON.stringify(fixture.parameters)))].map((parameters, index) => ({
  parameters, policyName: `rules-${index}`, fixtures: FIXTURES.filter(fixture => JSON.stringify(fixture.parameters) === parameters),
}));

test.each(FIXTURES.filter(it => !takesParameters(it)))('$name: the construct refuses the parameters', ({ parameters }) => {
  expect(() => admissionObjects(parameters)).toThrow(/`\w+` must be .* \[Shop\/IngressRules\]$/);
});

describeWithApiServer('a real API server judges like conftest', () => {
  let server: ApiServer;

  beforeAll(async () => {
    server = await ApiServer.start();
    const namespaces = new Set(FIXTURES.flatMap(objectsOf).map(it => it?.metadata?.namespace).filter(it => typeof it === 'string' && it !== 'default'));
    for (const name of namespaces) {
      await server.request('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    }
  });
  afterAll(() => server?.stop());

  describe.each(GROUPS)('with the parameters $parameters', ({ parameters, policyName, fixtures }) => {
    let remove: () => Promise<void>;

    beforeAll(async () => {
      remove = await enforce(server, { ...JSON.parse(parameters), policyName });
    });
    afterAll(() => remove?.());

    test.each(fixtures)('$name', async fixture => {
      const answers = await Promise.all(objectsOf(fixture).map(object => create(server, object)));

      expect([...new Set(answers.flatMap(verdict))].sort()).toEqual(expectedAt(fixture, 'admission'));
    });
  });
});

/** The objects that are sent as Ingresses: all except those of another kind. */
function objectsOf(fixture: Fixture): any[] {
  const items = (document: any): any[] => ['List', 'IngressList'].includes(document?.kind) ? [document.items].flat().flatMap(items) : [document];
  return fixture.documents.filter(it => it !== null).flatMap(items).filter(it => !(typeof it?.kind === 'string' && it.kind.toLowerCase() !== 'ingress') && !isForeign(it));
}

/** Other API groups have a kind Ingress, too, which the policy does not judge. */
function isForeign(object: any): boolean {
  return /\//.test(object?.apiVersion) && !/^(networking\.k8s\.io|extensions)\//.test(object.apiVersion);
}

function takesParameters({ parameters }: Fixture): boolean {
  try {
    ruleParameters('', parameters);
    return true;
  } catch {
    return false;
  }
}
