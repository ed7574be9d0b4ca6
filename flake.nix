{
  description = "Run specifications and hardware profiles in, Kubernetes manifests out";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      each = nixpkgs.lib.genAttrs [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
    in {
      packages = each (system:
        let pkgs = nixpkgs.legacyPackages.${system}; in {
          default = pkgs.buildGoModule {
            pname = "berth";
            version = self.shortRev or "dirty";
            src = self;
            # Nix prints the right one where this is another: it changes with go.sum.
            vendorHash = pkgs.lib.fakeHash;
            env.CGO_ENABLED = 0;
            subPackages = [ "." ];
            doCheck = false; # .ci/run has the tests
            nativeBuildInputs = [ pkgs.installShellFiles ];
            postInstall = ''
              for shell in bash zsh fish; do
                $out/bin/berth completion $shell > berth.$shell
              done
              installShellCompletion berth.{bash,zsh,fish}
              $out/bin/berth man man
              installManPage man/*.1
            '';
          };
        });
    };
}
