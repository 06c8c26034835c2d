import { Fn, Resource, Token } from 'aws-cdk-lib';
import type * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { webAclArn } from './checks/values';
import { reject } from '../cdk/reject';

/**
 * Web ACLs of AWS WAF that were made elsewhere.
 *
 * A web ACL of the same app is a CfnWebACL, which props take as it is.
 */
export class WebAcl {
  /**
   * Refers to a web ACL by its ARN.
   *
   * @param scope the construct's scope
   * @param id the construct's id
   * @param arn the ARN of a regional web ACL
   */
  public static fromWebAclArn(scope: Construct, id: string, arn: string): wafv2.IWebACLRef {
    const complaint = Token.isUnresolved(arn) ? undefined : webAclArn(arn === 'none' ? '' : arn);
    if (complaint) {
      reject(`${scope.node.path}/${id}`, 'arn', arn, complaint[0], complaint[1]);
    }
    const part = (index: number) => Token.isUnresolved(arn) ? Fn.select(index, Fn.split('/', arn)) : arn.split('/')[index] ?? '';
    class Import extends Resource implements wafv2.IWebACLRef {
      // The ARN ends with `regional/webacl/NAME/ID`.
      public readonly webAclRef = { webAclArn: arn, webAclName: part(2), webAclId: part(3), scope: 'REGIONAL' };
    }
    return new Import(scope, id, { environmentFromArn: arn });
  }

  private constructor() {}
}
