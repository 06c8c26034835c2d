import { mkdirSync, readdirSync, writeFileSync } from 'fs';
import { join } from 'path';
import { wordsOf } from './cluster';
import type { Ran } from './programs';
import type { Work } from './work';
import { unzip } from './zip';
import { isRefused } from '../shared/aws';
import { Unfinished } from '../shared/custom-resource';

/** Chart repositories fail now and then. */
const TRIES = 3;
const PAUSE = 3_000;

/** For how long missing rights are taken for ones that were just granted: IAM takes a while to tell all of AWS. */
const UNTIL_GRANTED = 120_000;

/** A chart in a private registry of ECR, whose address may be a FIPS or dual-stack one. */
const ECR = /^oci:\/\/(\d+\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.[a-z0-9.-]+)\//;

const GZIP = Buffer.from([0x1f, 0x8b]);

/**
 * Downloads the chart into the folder of the request, so that all of Helm's commands use the same one.
 *
 * @returns the path of a folder or of an archive, as Helm expects it
 */
export async function bringChart(work: Work): Promise<string> {
  const { Chart, ChartAssetURL, Repository } = work.request.ResourceProperties;
  const folder = join(work.folder, 'chart');
  mkdirSync(folder, { recursive: true });
  if (ChartAssetURL !== undefined) {
    return fromS3(work, ChartAssetURL, folder);
  }
  if (Repository?.startsWith('oci://')) {
    return pull(work, folder, Repository);
  }
  if (Chart === undefined) {
    throw new Error('the release has neither `Chart` nor `ChartAssetURL`');
  }
  return pull(work, folder, Chart, Repository);
}

async function pull(work: Work, folder: string, chart: string, repository?: string): Promise<string> {
  const { Version } = work.request.ResourceProperties;
  // The registry's credentials are removed with the request's folder.
  const registry = ['--registry-config', join(work.folder, 'registry.json')];
  await logIn(work, chart, registry);
  await patiently(work, chart, `helm pull ${chart}`, () => work.programs.helm([
    'pull', chart,
    ...repository === undefined ? [] : ['--repo', repository],
    ...Version === undefined ? [] : ['--version', Version],
    '--destination', folder, ...registry,
  ], { deadline: work.deadline }));
  const archive = readdirSync(folder).find(it => it.endsWith('.tgz'));
  if (archive === undefined) {
    throw new Error(`helm pull ${chart} downloaded no chart`);
  }
  return join(folder, archive);
}

/** Logs in, if the registry is ECR's: that accepts only credentials made from IAM's. */
async function logIn(work: Work, chart: string, registry: string[]): Promise<void> {
  const [, host, region] = ECR.exec(chart) ?? [];
  if (host === undefined) {
    return;
  }
  const { authorizationData } = await granted(work, `the login at ${host}`, () => work.aws.call('ecr', 'getAuthorizationToken', {}, region));
  const [username, password] = Buffer.from(authorizationData[0].authorizationToken, 'base64').toString().split(':');
  await patiently(work, chart, `helm registry login ${host}`, () => work.programs.helm(
    ['registry', 'login', host, '--username', username, '--password-stdin', ...registry], { input: password, deadline: work.deadline }));
}

/** An asset is a zip archive of a chart's folder, or an archive made by `helm package`. */
async function fromS3(work: Work, url: string, folder: string): Promise<string> {
  const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(url) ?? [];
  if (Key === undefined) {
    throw new Error(`\`ChartAssetURL\` must be s3://BUCKET/KEY, got: ${url}`);
  }
  const { Body } = await granted(work, `the chart ${url}`, () => work.aws.call('s3', 'getObject', { Bucket, Key }));
  const asset = Buffer.from(await Body.transformToByteArray());
  if (asset.subarray(0, GZIP.length).equals(GZIP)) {
    writeFileSync(join(folder, 'chart.tgz'), asset);
    return join(folder, 'chart.tgz');
  }
  try {
    unzip(asset, folder);
  } catch (error: any) {
    throw new Error(`the chart ${url} cannot be unpacked: ${error.message}`);
  }
  return folder;
}

/** Calls AWS, again as long as rights may not have come through. */
async function granted<T>({ clock, deadline }: Work, what: string, call: () => Promise<T>): Promise<T> {
  const end = Math.min(clock.now() + UNTIL_GRANTED, deadline);
  for (;;) {
    try {
      return await call();
    } catch (error: any) {
      const words = `${what} cannot be read: ${error.name}: ${error.message}`;
      if (!isRefused(error) || clock.now() + PAUSE > end) {
        throw new Error(words);
      }
      console.log(`again in ${PAUSE / 1000} s:`, words);
      await clock.sleep(PAUSE);
    }
  }
}

/** Runs Helm again where the repository fails for a moment, or where ECR may not know of a right yet. */
async function patiently({ clock, deadline }: Work, chart: string, what: string, run: () => Promise<Ran>): Promise<void> {
  const end = Math.min(clock.now() + UNTIL_GRANTED, deadline);
  for (let tried = 1; ; tried++) {
    const ran = await run();
    if (ran.code === 0) {
      return;
    }
    const words = `${what} failed: ${wordsOf(ran)}`;
    if (ran.interrupted) {
      throw new Unfinished(words);
    }
    const isNew = ECR.test(chart) && /\b403\b|denied/i.test(words);
    // Another try does not help against a wrong name or missing permissions.
    if (!isNew && (tried === TRIES || /not found|denied|unauthorized|forbidden|invalid/i.test(words)) || clock.now() + PAUSE > end) {
      throw new Error(words);
    }
    console.log(`again in ${PAUSE / 1000} s:`, words);
    await clock.sleep(PAUSE);
  }
}
