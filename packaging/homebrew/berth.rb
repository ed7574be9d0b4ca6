# For a tap: brew install --build-from-source ./packaging/homebrew/berth.rb, in a checkout of a release.
class Berth < Formula
  desc "Run specifications and hardware profiles in, Kubernetes manifests out"
  homepage "https://github.com/acme/berth" # where you keep Berth
  url "https://github.com/acme/berth.git", tag: "v1.0.0"
  license "Apache-2.0"
  head "https://github.com/acme/berth.git", branch: "main"

  depends_on "go" => :build

  def install
    ENV["CGO_ENABLED"] = "0"
    system "go", "build", *std_go_args
    generate_completions_from_executable(bin/"berth", "completion")
    system bin/"berth", "man", buildpath/"man"
    man1.install Dir[buildpath/"man/*.1"]
  end

  test do
    system bin/"berth", "init", testpath/"project"
    assert_match "kind: CronJob", shell_output("#{bin}/berth build #{testpath}/project/runs/train.yaml")
  end
end
