import { Manifest } from '../../src/kubernetes/manifest';
import { clusterFixture, importedClusterFixture } from '../support/fixtures';
import { kubernetesObjects, theOnly } from '../support/read';

const OBJECTS = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'shop', labels: { app: 'shop' } }, data: { a: '1' } },
];

describe.each([['one\'s own', clusterFixture], ['an imported', importedClusterFixture]])('on %s cluster', (_, clusterOf) => {
  const manifest = () => {
    const fixture = clusterOf();
    new Manifest(fixture.stack, 'Manifest', { cluster: fixture.cluster, objects: OBJECTS });
    return fixture;
  };

  test('applies the objects as they are, in their order', () => {
    const { stack, cluster, template } = manifest();
    expect(kubernetesObjects(template())).toEqual(OBJECTS);
    expect(theOnly(template(), 'Custom::AWSCDK-EKS-KubernetesResource').Properties.ClusterName).toEqual(stack.resolve(cluster.clusterName));
  });

  test.each([[true, true], [false, undefined], [undefined, undefined]])('adopts what is there already only if asked to: %s', (adopt, asked) => {
    const { stack, cluster, template } = clusterOf();
    new Manifest(stack, 'Manifest', { cluster, objects: OBJECTS, adopt });
    expect(theOnly(template(), 'Custom::AWSCDK-EKS-KubernetesResource').Properties.Overwrite).toBe(asked);
  });

  test.each([[true, true], [false, undefined], [undefined, undefined]])('waits for them only if asked to: %s', (wait, asked) => {
    const { stack, cluster, template } = clusterFixture();
    new Manifest(stack, 'Manifest', { cluster, objects: OBJECTS, wait });
    expect(theOnly(template(), 'Custom::AWSCDK-EKS-KubernetesResource').Properties.Wait).toBe(asked);
  });

  test('never lets kubectl prune', () => {
    expect(theOnly(manifest().template(), 'Custom::AWSCDK-EKS-KubernetesResource').Properties).not.toHaveProperty('PruneLabel');
    expect(JSON.stringify(manifest().template().toJSON())).not.toContain('aws.cdk.eks/prune');
  });
});

test('keeps what it is given apart from what it applies', () => {
  const { stack, cluster, template } = clusterFixture();
  const objects = structuredClone(OBJECTS);
  new Manifest(stack, 'Manifest', { cluster, objects });
  expect(objects).toEqual(OBJECTS);
  objects[0].metadata.name = 'changed';
  expect(kubernetesObjects(template())).toEqual(OBJECTS);
});

test('holds tokens', () => {
  const { stack, cluster, template } = clusterFixture();
  new Manifest(stack, 'Manifest', { cluster, objects: [{ apiVersion: 'v1', kind: 'ConfigMap', data: { endpoint: cluster.clusterEndpoint } }] });
  expect(kubernetesObjects(template())).toEqual([{ apiVersion: 'v1', kind: 'ConfigMap', data: { endpoint: '<token>' } }]);
});

test('is one of several on a cluster', () => {
  const { stack, cluster, template } = importedClusterFixture();
  OBJECTS.forEach((object, index) => new Manifest(stack, `Manifest${index}`, { cluster, objects: [object] }));
  expect(kubernetesObjects(template())).toEqual(OBJECTS);
});
