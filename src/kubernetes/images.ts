/**
 * An image, or a repository of images, in another registry: the same path after another host.
 *
 * @param image with its host, such as quay.io/cilium/cilium
 */
export function inRegistry(image: string, registry: string): string {
  return `${registry.replace(/\/$/, '')}/${image.slice(image.indexOf('/') + 1)}`;
}
