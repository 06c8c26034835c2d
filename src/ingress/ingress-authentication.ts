import type { Duration } from 'aws-cdk-lib';
import type * as cognito from 'aws-cdk-lib/aws-cognito';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';

/**
 * What all ways of authentication have in common.
 */
export interface AuthenticationOptions {
  /**
   * What is asked of the identity provider, such as `email`.
   *
   * @default - openid, the controller's default
   */
  readonly scopes?: string[];

  /**
   * The name of the cookie that keeps the session.
   *
   * @default - AWSELBAuthSessionCookie, AWS's default
   */
  readonly sessionCookieName?: string;

  /**
   * How long a session lasts: 1 second to 7 days.
   *
   * @default - 7 days, AWS's default
   */
  readonly sessionTimeout?: Duration;

  /**
   * What happens to a request without a session. ALLOW lets it through: then the application must check it itself.
   *
   * @default - UnauthenticatedAction.AUTHENTICATE, AWS's default
   */
  readonly onUnauthenticatedRequest?: elbv2.UnauthenticatedAction;
}

/**
 * Authentication with a user pool of Amazon Cognito.
 */
export interface CognitoAuthenticationOptions extends AuthenticationOptions {
  /**
   * The user pool.
   */
  readonly userPool: cognito.IUserPool;

  /**
   * The client. It must have a secret, and allow the load balancer's callback `https://HOST/oauth2/idpresponse`.
   */
  readonly userPoolClient: cognito.IUserPoolClient;

  /**
   * The domain of the user pool.
   */
  readonly userPoolDomain: cognito.IUserPoolDomain;
}

/**
 * Authentication with an OpenID Connect identity provider.
 */
export interface OidcAuthenticationOptions extends AuthenticationOptions {
  /**
   * The issuer, as in `https://login.example.com`.
   */
  readonly issuer: string;

  /**
   * The authorization endpoint.
   */
  readonly authorizationEndpoint: string;

  /**
   * The token endpoint.
   */
  readonly tokenEndpoint: string;

  /**
   * The user info endpoint.
   */
  readonly userInfoEndpoint: string;

  /**
   * The name of a Secret in the Ingress's namespace, with the keys clientID and clientSecret.
   *
   * The controller gets the right to read this Secret, and no other.
   */
  readonly secretName: string;
}

/**
 * How a load balancer makes sure who a user is, before a request reaches a pod.
 */
export class IngressAuthentication {
  /**
   * Authenticates users with a user pool of Amazon Cognito.
   *
   * @param options the user pool
   */
  public static cognito(options: CognitoAuthenticationOptions): IngressAuthentication {
    return new IngressAuthentication('cognito', {
      userPoolARN: options.userPool.userPoolArn,
      userPoolClientID: options.userPoolClient.userPoolClientId,
      userPoolDomain: options.userPoolDomain.domainName,
    }, options);
  }

  /**
   * Authenticates users with an OpenID Connect identity provider.
   *
   * @param options the identity provider
   */
  public static oidc(options: OidcAuthenticationOptions): IngressAuthentication {
    const { issuer, authorizationEndpoint, tokenEndpoint, userInfoEndpoint, secretName } = options;
    return new IngressAuthentication('oidc', { issuer, authorizationEndpoint, tokenEndpoint, userInfoEndpoint, secretName }, options, secretName);
  }

  private constructor(
    /** @internal */
    public readonly _type: 'cognito' | 'oidc',
    private readonly provider: { [field: string]: string },
    /** @internal */
    public readonly _options: AuthenticationOptions,
    /** @internal */
    public readonly _secretName?: string) {
  }

  /**
   * The identity provider as the controller reads it, where it is of this type.
   *
   * @internal
   */
  public _provider(type: 'cognito' | 'oidc'): string | undefined {
    return type === this._type ? JSON.stringify(this.provider) : undefined;
  }
}
