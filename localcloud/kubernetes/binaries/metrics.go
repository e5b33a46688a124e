package main

import (
	"net"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	openapinamer "k8s.io/apiserver/pkg/endpoints/openapi"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/server/options"
	"k8s.io/apiserver/pkg/util/compatibility"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/metrics-server/pkg/api"
	generatedopenapi "sigs.k8s.io/metrics-server/pkg/api/generated/openapi"
	"sigs.k8s.io/metrics-server/pkg/scraper/client"
	"sigs.k8s.io/metrics-server/pkg/server"
)

// How often every kubelet is asked: the least that metrics-server itself permits.
const resolution = 10 * time.Second

// Ports of the kubelet and of this server.
const (
	kubeletPort = 10250
	servingPort = 4443
)

// metrics-server with its own server, scraper and storage, and these few settings in place of its command line,
// which does not compile with the libraries of Kubernetes 1.33.
func newMetricsServerCommand() *cobra.Command {
	var kubeconfig, address, certificates, authority string
	command := &cobra.Command{
		Use:          "metrics-server",
		SilenceUsage: true,
		RunE: func(*cobra.Command, []string) error {
			access, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
			if err != nil {
				return err
			}
			serving, err := metricsServing(kubeconfig, address, certificates)
			if err != nil {
				return err
			}
			kubelets := &client.KubeletClientConfig{
				Scheme:              "https",
				DefaultPort:         kubeletPort,
				AddressTypePriority: []corev1.NodeAddressType{corev1.NodeInternalIP},
				Client:              *rest.CopyConfig(access),
			}
			kubelets.Client.TLSClientConfig.CAFile = authority
			running, err := server.Config{
				Apiserver:        serving,
				Rest:             access,
				Kubelet:          kubelets,
				MetricResolution: resolution,
				ScrapeTimeout:    resolution / 2,
			}.Complete()
			if err != nil {
				return err
			}
			return running.RunUntil(genericapiserver.SetupSignalHandler())
		},
	}
	flags := command.Flags()
	flags.StringVar(&kubeconfig, "kubeconfig", "", "kubeconfig of the API server")
	flags.StringVar(&address, "bind-address", "127.0.0.1", "address to serve at")
	flags.StringVar(&certificates, "cert-dir", "", "where to keep the certificate that it makes for itself")
	flags.StringVar(&authority, "kubelet-certificate-authority", "", "certificate that kubelets' ones are signed by")
	return command
}

func metricsServing(kubeconfig, address, certificates string) (*genericapiserver.Config, error) {
	config := genericapiserver.NewConfig(api.Codecs)
	config.EffectiveVersion = compatibility.DefaultBuildEffectiveVersion()
	definitions := openapinamer.NewDefinitionNamer(api.Scheme)
	config.OpenAPIConfig = genericapiserver.DefaultOpenAPIConfig(generatedopenapi.GetOpenAPIDefinitions, definitions)
	config.OpenAPIV3Config = genericapiserver.DefaultOpenAPIV3Config(generatedopenapi.GetOpenAPIDefinitions, definitions)
	config.OpenAPIConfig.Info.Title, config.OpenAPIV3Config.Info.Title = "metrics-server", "metrics-server"

	secure := options.NewSecureServingOptions().WithLoopback()
	secure.BindAddress, secure.BindPort = net.ParseIP(address), servingPort
	secure.ServerCert.CertDirectory = certificates
	if err := secure.MaybeDefaultWithSelfSignedCerts(address, nil, []net.IP{secure.BindAddress}); err != nil {
		return nil, err
	}
	if err := secure.ApplyTo(&config.SecureServing, &config.LoopbackClientConfig); err != nil {
		return nil, err
	}
	authentication := options.NewDelegatingAuthenticationOptions()
	authentication.RemoteKubeConfigFile = kubeconfig
	if err := authentication.ApplyTo(&config.Authentication, config.SecureServing, nil); err != nil {
		return nil, err
	}
	authorization := options.NewDelegatingAuthorizationOptions()
	authorization.RemoteKubeConfigFile = kubeconfig
	if err := authorization.ApplyTo(&config.Authorization); err != nil {
		return nil, err
	}
	return config, nil
}
