/**
 * An image, or a repository of images, in another registry: under the same path, in the place of its host.
 *
 * @param image with its host, such as quay.io/cilium/cilium
 */
export function inRegistry(image: string, registry: string): string {
  return `${registry.replace(/\/$/, '')}/${image.slice(image.indexOf('/') + 1)}`;
}
