"""Solvers: they make one linear map for each side from two matrices and seed pairs, without the words."""

from isolex.mapping.adversarial import Adversarial
from isolex.mapping.annealing import Annealing
from isolex.mapping.bilinear import Bilinear
from isolex.mapping.bootstrapping import Bootstrapping
from isolex.mapping.contrastive import Contrastive
from isolex.mapping.geomm import GeoMM
from isolex.mapping.gromov import GromovWasserstein
from isolex.mapping.induction import Dictionary, Induction
from isolex.mapping.joint import GeneralizedProcrustes, Joint, JointVecMap
from isolex.mapping.joint_problem import (
    JointMapping,
    JointProblem,
    JointSolver,
    Placement,
    PlacePair,
    PlacingSolver,
    Tie,
    components,
)
from isolex.mapping.known import Known
from isolex.mapping.linear import CCA, LeastSquares, Procrustes
from isolex.mapping.problem import Mapping, Problem, Solver
from isolex.mapping.rcsls import RCSLS
from isolex.mapping.seeds import GivenPairs, Seed, SimilarityDistributions, Solved, Union
from isolex.mapping.selflearning import SelfLearning
from isolex.mapping.vecmap import VecMap
from isolex.mapping.wasserstein import WassersteinProcrustes

__all__ = [
    "CCA",
    "RCSLS",
    "Adversarial",
    "Annealing",
    "Bilinear",
    "Bootstrapping",
    "Contrastive",
    "Dictionary",
    "GeneralizedProcrustes",
    "GeoMM",
    "GivenPairs",
    "GromovWasserstein",
    "Induction",
    "Joint",
    "JointMapping",
    "JointProblem",
    "JointSolver",
    "JointVecMap",
    "Known",
    "LeastSquares",
    "Mapping",
    "PlacePair",
    "Placement",
    "PlacingSolver",
    "Problem",
    "Procrustes",
    "Seed",
    "SelfLearning",
    "SimilarityDistributions",
    "Solved",
    "Solver",
    "Tie",
    "Union",
    "VecMap",
    "WassersteinProcrustes",
    "components",
]
