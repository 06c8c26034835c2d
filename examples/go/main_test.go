package main

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
)

func templateOf(name string) assertions.Template {
	app := awscdk.NewApp(nil)
	shop(app)
	stack := app.Node().FindChild(jsii.String("shop-" + name)).(awscdk.Stack)
	return assertions.Template_FromStack(stack, nil)
}

func TestEachEnvironmentHasAClusterOfItsOwn(t *testing.T) {
	for _, name := range []string{"dev", "staging", "prod"} {
		templateOf(name).HasResourceProperties(jsii.String("AWS::EKS::Cluster"), map[string]any{"Name": "shop-" + name})
	}
}

func TestNoPodNetworkButCiliums(t *testing.T) {
	template := templateOf("dev")
	template.HasResourceProperties(jsii.String("AWS::EKS::Cluster"), map[string]any{"BootstrapSelfManagedAddons": false})
	template.HasResourceProperties(jsii.String("Custom::AWSCDK-EKS-HelmChart"), map[string]any{"Release": "cilium"})
}

func TestProdCanNotBeDeletedByMistake(t *testing.T) {
	templateOf("prod").HasResourceProperties(jsii.String("AWS::EKS::Cluster"), map[string]any{"DeletionProtection": true})
}
