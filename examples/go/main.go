// The shop's Kubernetes platforms: a stack and a cluster for each environment.
package main

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/jsii-runtime-go"
	"github.com/org/eks-platform-go/eksplatform"
)

// environment is a stack and a cluster of its own.
type environment struct {
	name         string
	profile      eksplatform.PlatformProfile
	zoneName     string
	hostedZoneID string
}

// environments has the hosted zones: put yours here, ExternalDNS writes to no others.
func environments() []environment {
	return []environment{
		{"dev", eksplatform.PlatformProfile_DEV(), "dev.example.com", "Z0123456789EXAMPLEDEV"},
		{"staging", eksplatform.PlatformProfile_STAGING(), "staging.example.com", "Z0123456789EXAMPLESTG"},
		{"prod", eksplatform.PlatformProfile_PROD(), "example.com", "Z0123456789EXAMPLEPRD"},
	}
}

// admins are the roles that may use kubectl, such as "arn:aws:iam::123456789012:role/Admin". They must exist.
var admins []string

// shop defines the platforms: in the account and region that `cdk deploy` has credentials for.
func shop(app awscdk.App) {
	for _, env := range environments() {
		name := "shop-" + env.name
		stack := awscdk.NewStack(app, &name, &awscdk.StackProps{
			Description:           jsii.String("The shop's Kubernetes platform: " + env.name),
			TerminationProtection: env.profile.Settings().DeletionProtection,
		})
		zone := awsroute53.HostedZone_FromHostedZoneAttributes(stack, jsii.String("Zone"), &awsroute53.HostedZoneAttributes{
			ZoneName:     &env.zoneName,
			HostedZoneId: &env.hostedZoneID,
		})
		var roles []awsiam.IRole
		for i, arn := range admins {
			roles = append(roles, awsiam.Role_FromRoleArn(stack, jsii.String(fmt.Sprintf("Admin%d", i)), &arn, nil))
		}
		eksplatform.NewEksPlatform(stack, jsii.String("Platform"), &eksplatform.EksPlatformProps{
			ClusterName: &name,
			Profile:     env.profile,
			HostedZones: &[]awsroute53.IHostedZone{zone},
			Admins:      &roles,
		})
	}
}

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	shop(app)
	app.Synth(nil)
}
