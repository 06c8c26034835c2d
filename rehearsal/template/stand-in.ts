const PSEUDO: { readonly [parameter: string]: string } = {
  'AWS::AccountId': '111122223333',
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** What stands for a value that only the deployment knows: a word that fits into names, such as `token-clusterarn`. */
export function standIn(reference: string): string {
  return PSEUDO[reference] ?? `token-${reference.toLowerCase().replace(/[^a-z0-9]/g, '')}`;
}
