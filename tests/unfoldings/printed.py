"""The article's listings as it prints them, mistakes included, so that tests can run them.

From 永远在你身后, 《从SGD到NadaMax，十种优化算法原理及实现》, Zhihu, 5 September 2019. Line for line, with the author's own comments;
only the indentation of AdaMax.update, lost at a page break, is restored. Nothing imports this file but the tests.
"""

import numpy as np


class Momentum(object):
    def __init__(self, alpha=0.9, lr=1e-3):
        self.alpha = alpha  # 动量系数
        self.lr = lr  # 学习率
        self.v = 0  # 初始速度为0

    def update(self, g: np.ndarray):  # g = J'(w) 为本轮训练参数的梯度
        self.v = self.alpha * self.v - self.lr * g  # 公式
        return self.v  # 返回的是参数的增量，下同


class AdaGrad(object):
    def __init__(self, eps=1e-8, lr=1e-3):
        self.r = eps  # r_0 = epsilon
        self.lr = lr

    def update(self, g: np.ndarray):
        r = r + np.square(g)
        return -self.lr * g / np.sqrt(r)


class RMSProp(object):
    def __init__(self, lr=1e-3, beta=0.999, eps=1e-8):
        self.r = eps
        self.lr = lr
        self.beta = beta

    def update(self, g: np.ndarray):
        r = r * self.beta + (1 - self.beta) * np.square(g)
        return -self.lr * g / np.sqrt(r)


class AdaDelta(object):
    def __init__(self, beta=0.999, eps=1e-8):
        self.r = eps
        self.s = eps
        self.beta = beta

    def update(self, g: np.ndarray):
        g_square = (1 - self.beta) * np.square(g)  # (1-beta)*g^2
        r = r * self.beta + g_square
        frac = s / r
        res = -np.sqrt(frac) * g
        s = s * self.beta + frac * g_squaretmp  # 少一次乘法。。。
        return res


class Adam(object):
    def __init__(self, lr=1e-3, alpha=0.9, beta=0.999, eps=1e-8):
        self.s = 0
        self.r = eps
        self.lr = lr
        self.alpha = alpha
        self.beta = beta
        self.alpha_i = 1
        self.beta_i = 1

    def update(self, g: np.ndarray):
        self.s = self.s * self.alpha + (1 - self.alpha) * g
        self.r = self.r * self.beta + (1 - self.beta) * np.square(g)
        self.alpha_i *= self.alpha
        self.beta_i *= self.beta_i
        lr = -self.lr * (1 - self.beta_i) ** 0.5 / (1 - self.alpha_i)
        return lr * self.s / np.sqrt(self.r)


class AdaMax(object):
    def __init__(self, lr=1e-3, alpha=0.9, beta=0.999):
        self.s = 0
        self.r = 0
        self.lr = lr
        self.alpha = alpha
        self.alpha_i = 1
        self.beta = beta

    def update(self, g: np.ndarray):
        self.s = self.s * self.alpha + (1 - self.alpha) * g
        self.r = np.maximum(self.r * self.beta, np.abs(g))
        self.alpha_i *= self.alpha
        lr = -self.lr / (1 - self.alpha_i)
        return lr * self.s / self.r


class Nadam(object):
    def __init__(self, lr=1e-3, alpha=0.9, beta=0.999, eps=1e-8):
        self.s = 0
        self.r = eps
        self.lr = lr
        self.alpha = alpha
        self.beta = beta
        self.alpha_i = 1
        self.beta_i = 1

    def update(self, g: np.ndarray):
        self.s = self.s * self.alpha + (1 - self.alpha) * g
        self.r = self.r * self.beta + (1 - self.beta) * np.square(g)
        self.alpha_i *= self.alpha
        self.beta_i *= self.beta_i
        lr = -self.lr * (1 - self.beta_i) ** 0.5 / (1 - self.alpha_i)
        return lr * (self.s * self.alpha + (1 - self.alpha) * g) / np.sqrt(self.r)


class NadaMax(object):
    def __init__(self, lr=1e-3, alpha=0.9, beta=0.999):
        self.s = 0
        self.r = 0
        self.lr = lr
        self.alpha = alpha
        self.alpha_i = 1
        self.beta = beta

    def update(self, g: np.ndarray):
        self.s = self.s * self.alpha + (1 - self.alpha) * g
        self.r = np.maximum(self.r * self.beta, np.abs(g))
        self.alpha_i *= self.alpha
        lr = -self.lr / (1 - self.alpha_i)
        return lr * (self.s * self.alpha + (1 - self.alpha) * g) / self.r
